#include "actors/exit_report.hpp"

#include <catch2/catch.hpp>

using namespace lintel::actors;
using namespace std::chrono_literals;
using step = exit_sequel::step;
using lintel::supervisors::failure;

namespace {

exit_report crash(std::string what) { return {failure::crash, std::move(what), letter_kind::inbound_frame}; }

std::string line_of(const exit_report& report, const exit_sequel& sequel = {step::restart, {}, 4},
                    std::string_view actor = "c0-17-3") {
  letter_history last;
  last.note(letter_kind::room_join);
  last.note(letter_kind::inbound_frame);
  return exit_line(actor, 4, report, last, sequel);
}

bool has(const std::string& line, std::string_view part) { return line.find(part) != std::string::npos; }

} // namespace

TEST_CASE("a report is one logfmt line with everything that is known") {
  auto report = crash("a broadcast has a message");
  report.trace = 0x9f86d081884c7d65;
  CHECK(line_of(report, {step::back_off, 50ms, 3}) ==
        "exit actor=c0-17-3 incarnation=4 reason=\"a broadcast has a message\" during=inbound_frame "
        "last=inbound_frame,room_join restarts_left=3 next=\"back_off 50ms\" trace=9f86d081884c7d65");
  report.trace = 0x1;
  CHECK(has(line_of(report), " trace=0000000000000001"));
}

TEST_CASE("what there is not is not in the line") {
  CHECK_FALSE(has(line_of(crash("x")), "trace="));
  CHECK(has(exit_line("registry", 0, {failure::crash, "x", letter_kind::none}, {}, {step::restart}),
            "during=begin last=none restarts_left=unlimited next=restart"));
}

TEST_CASE("a report says what happens next") {
  CHECK(has(line_of(crash("x"), {step::restart, {}, 2}), " restarts_left=2 next=restart"));
  CHECK(has(line_of(crash("x"), {step::give_up, {}, 0}), " restarts_left=0 next=give_up"));
  CHECK(has(line_of(crash("x"), {step::stop}), " next=stop"));
  CHECK(has(line_of(crash("x"), {step::back_off, 1ns, 2}), " next=\"back_off 1ms\""));
}

TEST_CASE("a reason cannot write into the log what it likes") {
  const auto line = line_of(crash("a \"b\" \\ c\nexit actor=forged\r\t\x1b[2J\x7f\xc2\x9b\xff"));
  CHECK(has(line, R"(reason="a \"b\" \\ c\nexit actor=forged\x0d\x09\x1b[2J\x7f\xc2\x9b\xff" during=)"));
  for (const char c : line)
    CHECK((c >= ' ' && c < 0x7f));
}

TEST_CASE("neither can the name of an actor") {
  CHECK(has(line_of(crash("x"), {step::restart}, "room:a=b"), R"(actor="room:a=b" incarnation)"));
  CHECK(has(line_of(crash("x"), {step::restart}, "a\nb"), R"(actor="a\nb" incarnation)"));
  CHECK(has(line_of(crash("x"), {step::restart}, ""), R"(actor="" incarnation)"));
}

TEST_CASE("a reason is cut to 200 bytes before it is escaped") {
  const auto line = line_of(crash(std::string(100'000, 'x')));
  CHECK(has(line, "reason=\"" + std::string(197, 'x') + "...\""));
  CHECK(line_of(crash(std::string(100'000, '\n'))).size() < 1'000);
  CHECK(has(line_of(crash(std::string(200, 'y'))), "\"" + std::string(200, 'y') + "\""));
}
