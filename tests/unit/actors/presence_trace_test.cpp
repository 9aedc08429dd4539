#include "tests/unit/actors/presence_world.hpp"

#include "protocol/transcode.hpp"

#include <cstdlib>
#include <fstream>
#include <random>
#include <sstream>

// What a book tells in 1,500 random steps, one line a step, as tests/clients/golden/presence_trace.jsonl: there
// tests/clients/presence_merge_test.mjs gives it to npm phoenix's Presence. Here we see that the file is what the book
// really says. LINTEL_WRITE_GOLDEN=1 writes it anew.

using namespace lintel::testing;

namespace {

const char* const golden = LINTEL_GOLDEN_DIR "/presence_trace.jsonl";

void append_refs(std::string& out, const presence_list& list) {
  out.push_back('{');
  for (const auto& [key, metas] : list) {
    out.append(out.back() == '{' ? "" : ",");
    lintel::protocol::append_json_string(out, key);
    out.append(":[");
    for (const auto& [ref, text] : metas)
      out.append(out.back() == '[' ? "\"" : ",\"").append(ref).append("\"");
    out.push_back(']');
  }
  out.push_back('}');
}

/// {"hear":[[event,payload],...],"list":{"key":["ref",...]}}
std::string line_of(const std::vector<presence_news>& news, const presence_list& list) {
  std::string line = R"({"hear":[)";
  for (const auto& each : news)
    line.append(line.back() == '[' ? "[\"" : ",[\"").append(each.event).append("\",").append(each.payload).append("]");
  line.append(R"(],"list":)");
  append_refs(line, list);
  return line.append("}\n");
}

void one_step(presence_world& room, std::mt19937& random) {
  static const std::vector<std::string> keys{"alice", "bob \"the\" builder", "caf\xc3\xa9", "42"};
  static const std::string sid = "everybody's session";
  const auto device = static_cast<std::uint32_t>(random() % 10);
  const auto who = device < 5 ? presence_world::plain(device) : presence_world::session(sid, device);
  switch (random() % 6) {
  case 0:
  case 1:
    room.track(who, keys[(random() % 8 == 0 ? random() : device) % keys.size()],
               R"({"d":)" + std::to_string(random() % 3) + "}");
    break;
  case 2:
  case 3: room.book.untrack(who, room.now); break;
  case 4: room.book.lost(who, room.now); break;
  default: room.book.returned(who);
  }
}

// At most four are listed: the room is counted and listed again many times.
std::string trace() {
  presence_world room{4};
  std::mt19937 random{20261123};
  std::string lines = line_of(room.book.first_news(), {});
  for (int step = 0; step < 1500; ++step) {
    for (auto changes = random() % 3; changes > 0; --changes)
      one_step(room, random);
    const auto choice = random() % 20;
    const auto news = room.pass(choice == 0 ? 11s : std::chrono::milliseconds{choice < 3 ? 1100 : random() % 100});
    lines += line_of(news, room.someone.list);
  }
  return lines;
}

std::string golden_text() {
  std::stringstream text;
  text << std::ifstream{golden}.rdbuf();
  return text.str();
}

} // namespace

TEST_CASE("what the book tells is what phoenix.js is tested with") {
  const auto lines = trace();
  if (std::getenv("LINTEL_WRITE_GOLDEN") != nullptr)
    std::ofstream{golden} << lines;
  CHECK(lines == golden_text());
}
