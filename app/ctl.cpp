#include "app/ctl.hpp"

#include "app/control_client.hpp"
#include "app/ctl_text.hpp"

#include <rapidjson/document.h>
#include <rapidjson/prettywriter.h>
#include <rapidjson/stringbuffer.h>

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <stdexcept>
#include <thread>

namespace lintel::app {

namespace {

using rapidjson::Document;

void put(rapidjson::Writer<rapidjson::StringBuffer>& out, const char* key, const std::string& value) {
  out.Key(key);
  out.String(value.c_str());
}

std::string to_json(const ctl_request& request) {
  rapidjson::StringBuffer buffer;
  rapidjson::Writer<rapidjson::StringBuffer> out{buffer};
  out.StartObject();
  out.Key("command");
  out.String(request.command.c_str());
  if (request.ids.size() == 1) {
    out.Key("id");
    out.String(request.ids.front().c_str());
  } else if (!request.ids.empty()) {
    out.Key("ids");
    out.StartArray();
    for (const auto& id : request.ids)
      out.String(id.c_str());
    out.EndArray();
  }
  if (request.command == "stall") {
    out.Key("for_ms");
    out.Uint64(static_cast<std::uint64_t>(request.stall.length.count()));
    out.Key("busy");
    out.Bool(request.stall.is_busy);
    out.Key("next");
    out.Bool(request.stall.is_for_next);
  }
  if (request.command == "link")
    put(out, "role", request.role);
  if (request.command == "search")
    put(out, "text", request.text);
  if (request.rate) {
    out.Key("rate");
    out.Uint(*request.rate);
  }
  if (request.is_reset) {
    out.Key("reset");
    out.Bool(true);
  }
  if (request.random != 0) {
    out.Key("random");
    out.Uint64(request.random);
  }
  const auto put_text = [&out](const char* key, const std::string& text) {
    if (text.empty())
      return;
    out.Key(key);
    out.String(text.data(), static_cast<rapidjson::SizeType>(text.size()));
  };
  const auto put_number = [&out](const char* key, const std::optional<std::uint64_t>& number) {
    if (!number)
      return;
    out.Key(key);
    out.Uint64(*number);
  };
  put_text("all", request.all);
  put_text("topic", request.topic);
  put_text("event", request.event);
  put_text("idem", request.idem);
  put_text("user", request.user);
  put_number("after", request.after);
  put_number("before", request.before);
  put_number("limit", request.limit);
  if (!request.payload.empty()) {
    auto line = request.payload; // a line break can only be white space in it
    std::ranges::replace(line, '\n', ' ');
    out.Key("payload");
    out.RawValue(line.data(), line.size(), rapidjson::kObjectType);
  }
  out.EndObject();
  return buffer.GetString();
}

Document ask(control_client& server, const ctl_request& request) {
  Document answer;
  answer.Parse(server.ask(to_json(request)).c_str());
  if (answer.HasParseError() || !answer.IsObject() || !answer.HasMember("ok"))
    throw std::runtime_error{"the server's answer is not understood; is it of another version?"};
  return answer;
}

void print_json(const rapidjson::Value& value) {
  rapidjson::StringBuffer buffer;
  rapidjson::PrettyWriter<rapidjson::StringBuffer> out{buffer};
  out.SetIndent(' ', 2);
  value.Accept(out);
  std::puts(buffer.GetString());
}

// Home, each line cut to the width, the rest of it and of the screen cleared.
std::string on_screen(const std::string& text) {
  winsize size{};
  if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_row == 0)
    size = {.ws_row = 24, .ws_col = 80};
  std::string out = "\x1b[H";
  std::size_t at = 0;
  for (unsigned short row = 1; row < size.ws_row && at < text.size(); ++row) {
    const auto end = std::min(text.find('\n', at), text.size());
    out.append(text, at, std::min<std::size_t>(end - at, size.ws_col)).append("\x1b[K\n");
    at = end + 1;
  }
  return out + "\x1b[J";
}

int print_refusal(const Document& answer) {
  std::fprintf(stderr, "lintel ctl: %s\n", answer["error"].GetString());
  return 1;
}

void warn_of_gaps(const Document& answer) {
  const auto missing = answer.FindMember("workers_not_answering");
  if (missing == answer.MemberEnd())
    return;
  std::fprintf(stderr, "note: %u worker(s) did not answer within 2 s; their part is missing\n", missing->value.Size());
}

// Two looks, a second apart: totals say little about now. In a terminal it goes on until Ctrl-C, each screen written in
// the place of the one before; what does not fit is left out, and the last one stays.
int run_top(control_client& server, const ctl_request& request) {
  const bool goes_on = ::isatty(STDOUT_FILENO) == 1 && !request.is_once;
  auto before = ask(server, request);
  for (;;) {
    if (!before["ok"].GetBool())
      return print_refusal(before);
    std::this_thread::sleep_for(std::chrono::seconds{1});
    auto now = ask(server, request);
    if (!now["ok"].GetBool())
      return print_refusal(now);
    const auto text = top_text(before, now);
    std::fputs(goes_on ? on_screen(text).c_str() : text.c_str(), stdout);
    std::fflush(stdout);
    if (!goes_on)
      return 0;
    before = std::move(now);
  }
}

} // namespace

int run_ctl(const ctl_request& request) {
  control_client server{request.data_dir};
  if (request.command == "top" && !request.is_json)
    return run_top(server, request);
  const auto answer = ask(server, request);
  if (!answer["ok"].GetBool())
    return print_refusal(answer);
  if (request.is_json)
    print_json(answer["result"]);
  else
    std::fputs(text_of(request.command, answer["result"]).c_str(), stdout);
  warn_of_gaps(answer);
  return 0;
}

} // namespace lintel::app
