// A process that appends is killed at random instants. What it was told is stored has to be there.
#include "tests/unit/history/log_stage.hpp"

#include <catch2/catch.hpp>
#include <spdlog/spdlog.h>

#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <random>

using namespace lintel::testing;
using lintel::history::rocks_log;

namespace {

constexpr std::size_t topic_count = 20;
constexpr int announcements = 100;      // a descriptor of the child
constexpr std::uint64_t ahead_max = 30; // messages of a topic without an answer

struct acknowledged {
  std::uint64_t topic = 0;
  std::uint64_t offset = 0;
};

std::string topic_of(std::uint64_t number) { return "room:" + std::to_string(number); }
std::string payload_of(std::uint64_t topic, std::uint64_t offset) {
  return std::to_string(topic * 1'000'000 + offset) + std::string(offset % 300, '7');
}

// Says what has been stored, in a write that is not divided.
class announcer : public lintel::history::log_listener {
public:
  explicit announcer(std::uint64_t topic) : topic_(topic) {}
  void stored(std::uint32_t, std::uint64_t offset) noexcept override {
    const acknowledged what{topic_, offset};
    if (::write(announcements, &what, sizeof what) != sizeof what)
      std::_Exit(3);
    stored_ = offset;
  }
  void not_stored(std::uint32_t, std::uint64_t, log_error) noexcept override { std::_Exit(4); }
  std::uint64_t stored_so_far() const noexcept { return stored_; }

private:
  const std::uint64_t topic_;
  std::atomic<std::uint64_t> stored_{0};
};

void append_for_ever(const char* directory) {
  spdlog::set_level(spdlog::level::off);
  lintel::history::rocks_log_options options;
  options.directory = directory;
  options.write_buffer_bytes = 256 << 10; // often written out, so that kills meet that, too
  rocks_log log{options};
  std::array<std::shared_ptr<announcer>, topic_count> writers;
  std::array<std::uint64_t, topic_count> last{};
  std::array<std::uint64_t, topic_count> first{};
  for (std::uint64_t i = 0; i < topic_count; ++i) {
    writers[i] = std::make_shared<announcer>(i);
    first[i] = last[i] = opened(log, topic_of(i)).last;
  }
  while (true)
    for (std::uint64_t i = 0; i < topic_count; ++i) {
      if (last[i] - std::max(first[i], writers[i]->stored_so_far()) >= ahead_max) {
        std::this_thread::yield();
        continue;
      }
      const auto offset = ++last[i];
      const auto payload = payload_of(i, offset);
      log.append({.writer = writers[i],
                  .topic = topic_of(i),
                  .what = {offset, 1'700'000'000'000,
                           lintel::protocol::message::copy_of(
                               {.topic = topic_of(i),
                                .event = "said",
                                .payload = {lintel::protocol::payload_format::json, payload, false}})},
                  .key = {},
                  .until = i % 2 == 0 ? level::synced : level::written});
    }
}

// Kills it when it has announced so many; what it had announced by then.
std::vector<acknowledged> run_and_kill(const std::filesystem::path& directory, std::size_t count) {
  std::array<int, 2> ends{};
  REQUIRE(::pipe(ends.data()) == 0);
  const auto child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    ::dup2(ends[1], announcements);
    ::close(ends[0]);
    ::close(ends[1]);
    ::setenv("LINTEL_CRASH_DIRECTORY", directory.c_str(), 1);
    ::execl("/proc/self/exe", "unit_history", "the process that is killed", static_cast<char*>(nullptr));
    std::_Exit(5);
  }
  ::close(ends[1]);
  std::vector<acknowledged> all;
  acknowledged each;
  while (::read(ends[0], &each, sizeof each) == sizeof each) {
    all.push_back(each);
    if (all.size() == count)
      REQUIRE(::kill(child, SIGKILL) == 0);
  }
  ::close(ends[0]);
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  REQUIRE(WIFSIGNALED(status));
  REQUIRE(WTERMSIG(status) == SIGKILL);
  return all;
}

// Every message up to `offset` is there, in order, and as it was said.
std::uint64_t check_topic(rocks_log& log, std::uint64_t topic) {
  std::uint64_t offset = 0;
  while (true) {
    const auto page = read(log, topic_of(topic), {.after = offset, .count_max = 1000});
    REQUIRE(page.error == log_error::none);
    REQUIRE(page.first == 1);
    if (page.entries.empty())
      return offset;
    for (const auto& each : page.entries) {
      ++offset;
      if (each.offset != offset || each.message->view().payload.bytes != payload_of(topic, offset))
        FAIL(topic_of(topic) << " has something else at " << offset);
    }
  }
}

std::size_t rounds() {
  const char* const wanted = std::getenv("LINTEL_CRASH_ROUNDS"); // for the experiment; a test makes do with few
  return wanted == nullptr ? 10 : std::strtoul(wanted, nullptr, 10);
}

} // namespace

TEST_CASE("the process that is killed", "[.]") {
  const char* const directory = std::getenv("LINTEL_CRASH_DIRECTORY");
  REQUIRE(directory != nullptr);
  append_for_ever(directory);
}

TEST_CASE("a process that is killed has lost nothing that it acknowledged, and left no holes", "[slow]") {
  const temporary_directory place;
  const auto directory = place.path / "history";
  std::array<std::uint64_t, topic_count> acknowledged_so_far{};
  std::array<std::string, topic_count> epochs;
  const auto seed = std::random_device{}();
  CAPTURE(seed);
  std::mt19937 random{seed};
  std::uint64_t in_all = 0;
  for (std::size_t round = 0; round < rounds(); ++round) {
    for (const auto& each : run_and_kill(directory, 1 + random() % 1000)) {
      auto& highest = acknowledged_so_far.at(each.topic);
      if (each.offset <= highest)
        FAIL(topic_of(each.topic) << " was told " << each.offset << " after " << highest);
      in_all += each.offset - highest;
      highest = each.offset;
    }
    lintel::history::rocks_log_options options;
    options.directory = directory;
    rocks_log log{options};
    for (std::uint64_t i = 0; i < topic_count; ++i) {
      const auto found = opened(log, topic_of(i));
      CHECK(found.last >= acknowledged_so_far[i]);
      CHECK(check_topic(log, i) == found.last);
      if (round > 0)
        CHECK(found.epoch == epochs[i]);
      epochs[i] = found.epoch;
      acknowledged_so_far[i] = found.last; // the next process goes on from there
    }
  }
  CHECK(in_all > 0);
  WARN(rounds() << " kills, " << in_all << " messages acknowledged, 0 lost");
}
