#include "actors/exit_reporter.hpp"

#include "tests/support/captured_log.hpp"
#include "tests/unit/actors/process_scripts.hpp"

#include <algorithm>

using namespace lintel::testing;
using namespace std::chrono_literals;
using lintel::supervisors::restart_ledger;

namespace {

std::size_t count_of(const std::vector<std::string>& all, std::string_view part) {
  return static_cast<std::size_t>(
      std::ranges::count_if(all, [&](const auto& line) { return line.find(part) != std::string::npos; }));
}

} // namespace

TEST_CASE("an actor that crashes until it is given up leaves ten lines at most, and none of its crashes untold") {
  constexpr std::uint32_t budget = 50;
  lines logged;
  {
    gate over;
    process_system world;
    captured_log log;
    restart_ledger ledger{{.count_max = budget, .window = 1h, .back_off = {0ms}}, 1};
    script what;
    what.handle = [](probe&, letter_ptr&) -> handled { throw std::runtime_error{"poison"}; };
    what.failed = [&](const exit_report& report) { return ledger.failed(1, report.how, worker::clock::now()); };
    what.ended = [&](const caf::error&) { over.arrive(); };
    auto p = world.spawn(std::move(what));
    {
      held h{*p};
      for (std::uint32_t i = 0; i <= budget; ++i)
        post(*p, static_cast<int>(i));
    }
    REQUIRE(over.wait());
    CHECK(world.total(counter::crashes) == budget + 1);
    CHECK(world.total(counter::exit_reports_suppressed) == budget + 1 - 4);
    logged = log.lines();
  }
  CHECK(logged.size() <= 10);
  CHECK(count_of(logged, "exit actor=probe incarnation=") == 4);
  CHECK(count_of(logged, "restarts_left=0 next=give_up") == 1);
  CHECK(count_of(logged, "exit reports of actor=probe suppressed=47") == 1);
}

TEST_CASE("what was suppressed and not yet told is told when the server stops") {
  captured_log log;
  {
    process_system world;
    spdlog::set_level(spdlog::level::err); // the system has switched it off
    script what;
    what.handle = [](probe&, letter_ptr&) -> handled { throw std::runtime_error{"poison"}; };
    auto p = world.spawn(std::move(what));
    for (int i = 0; i < 5; ++i)
      post(*p, i);
    settle(*p);
  }
  CHECK(count_of(log.lines(), "exit actor=probe") == 3);
  CHECK(log.lines().back() == "exit reports of actor=probe suppressed=2");
}

TEST_CASE("a kill is no news") {
  process_system world;
  captured_log log;
  auto p = world.spawn({});
  order(*p, control_letter::order::kill);
  settle(*p);
  CHECK(log.text().empty());
}

TEST_CASE("a process that crashes on its way out is reported, too") {
  gate over;
  process_system world;
  captured_log log;
  script what;
  what.handle = [](probe& self, letter_ptr&) -> handled {
    self.stop();
    throw std::runtime_error{"at the last moment"};
  };
  auto p = world.spawn(std::move(what), 0);
  handle_of(*p)->attach_functor([&](const caf::error&) { over.arrive(); });
  post(*p, 1);
  REQUIRE(over.wait());
  REQUIRE(log.lines().size() == 1);
  CHECK(log.lines().front().find("reason=\"at the last moment\" during=inbound_frame") != std::string::npos);
  CHECK(log.lines().front().find("next=stop") != std::string::npos);
}

TEST_CASE("a report knows the letters before, and CAF's messages among them") {
  process_system world;
  captured_log log;
  script what;
  what.handle_caf = [](caf::mailbox_element&) { throw std::runtime_error{"no CAF here"}; };
  auto p = world.spawn(std::move(what));
  post(*p, 1);
  caf::anon_send(handle_of(*p), 42);
  settle(*p);
  REQUIRE(log.lines().size() == 1);
  CHECK(log.lines().front().find("during=caf_message last=caf_message,inbound_frame") != std::string::npos);
}
