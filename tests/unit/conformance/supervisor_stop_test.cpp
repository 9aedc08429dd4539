// OTP's supervisor_SUITE, group sup_stop.
#include "supervisors/supervisor_machine.hpp"

#include "otp_shell.hpp"

using namespace lintel::supervisors;
using namespace lintel::supervisors::conformance;

namespace {

constexpr auto all_types = {restart::permanent, restart::transient, restart::temporary};
constexpr auto all_ends = {exit_class::normal, exit_class::shutdown, exit_class::gave_up,
                           exit_class::crash};

/// A child for each restart type and each way to end; none of them listens.
struct racing_children {
  std::vector<child_spec> specs;
  std::vector<exit_class> ends;

  racing_children() {
    for (const auto type : all_types)
      for (const auto end : all_ends) {
        specs.push_back(worker(std::to_string(specs.size()), type));
        ends.push_back(end);
      }
  }

  void all_deaf(fake_shell& shell) const {
    for (const auto& spec : specs)
      shell.deaf.insert(spec.id);
  }

  void end_in(fake_shell& shell) const {
    for (std::size_t i = 0; i < specs.size(); ++i)
      shell.ends(specs[i].id, ends[i]);
  }
};

std::size_t starts_in(const lines& log) {
  return static_cast<std::size_t>(std::count_if(
    log.begin(), log.end(), [](const std::string& line) { return line.starts_with("start "); }));
}

} // namespace

TEST_CASE("supervisor_SUITE: sup_stop_infinity") {
  auto shell = running(strategy::one_for_one, {with_shutdown(nested("child1"), infinity{}),
                                               with_shutdown(worker("child2"), infinity{})});
  shell.deaf = {"child1", "child2"};
  shell.shut_down();
  shell.pass(24h);
  CHECK(shell.happened() == lines{"stop child2"});
  shell.ends("child2", exit_class::shutdown);
  shell.pass(24h);
  shell.ends("child1", exit_class::shutdown);
  CHECK(shell.happened() == lines{"stop child1", "finish: asked"});
}

TEST_CASE("supervisor_SUITE: sup_stop_timeout") {
  auto shell = running(strategy::one_for_one, {with_shutdown(worker("child1"), 1000ms),
                                               with_shutdown(worker("child2"), 1000ms)});
  shell.deaf = {"child2"};
  shell.shut_down();
  shell.pass(999ms);
  CHECK(shell.happened() == lines{"stop child2"});
  shell.pass(1ms);
  CHECK(shell.happened() == lines{"kill child2", "stop child1", "finish: asked"});
}

TEST_CASE("supervisor_SUITE: sup_stop_timeout_dynamic") {
  auto shell = running(strategy::dynamic);
  shell.start_child(with_shutdown(worker("child1"), 1000ms));
  shell.start_child(with_shutdown(worker("child2"), 1000ms));
  shell.happened();
  shell.deaf = {"child1"};
  shell.shut_down();
  CHECK(shell.happened() == lines{"stop child1", "stop child2"});
  shell.pass(999ms);
  CHECK_FALSE(shell.is_finished());
  shell.pass(1ms);
  CHECK(shell.happened() == lines{"kill child1", "finish: asked"});
}

TEST_CASE("supervisor_SUITE: sup_stop_brutal_kill") {
  auto shell = running(strategy::one_for_one, {with_shutdown(worker("child1"), 1000ms),
                                               with_shutdown(worker("child2"), brutal_kill{})});
  shell.shut_down();
  CHECK(shell.happened() == lines{"kill child2", "stop child1", "finish: asked"});
}

TEST_CASE("supervisor_SUITE: sup_stop_brutal_kill_dynamic") {
  auto shell = running(strategy::dynamic);
  for (int i = 0; i < 10; ++i)
    shell.start_child(with_shutdown(worker(""), brutal_kill{}));
  shell.happened();
  shell.shut_down();
  const auto log = shell.happened();
  CHECK(log.size() == 11);
  CHECK(std::count_if(log.begin(), log.end(),
                      [](const std::string& line) { return line.starts_with("kill #"); }) == 10);
  CHECK(log.back() == "finish: asked");
}

TEST_CASE("supervisor_SUITE: sup_stop_race") {
  const racing_children children;
  auto shell = running(strategy::one_for_one, children.specs);
  children.all_deaf(shell);
  shell.shut_down();
  children.end_in(shell);
  CHECK(shell.finished.has_value());
  CHECK(shell.finished->cause == finish_cause::asked);
  CHECK(starts_in(shell.happened()) == 0);
}

TEST_CASE("supervisor_SUITE: sup_stop_non_shutdown_exit_dynamic") {
  const racing_children children;
  auto shell = running(strategy::dynamic);
  for (const auto& spec : children.specs)
    REQUIRE(shell.start_child(spec) == request_outcome::done);
  shell.happened();
  children.all_deaf(shell);
  shell.shut_down();
  CHECK(shell.happened().size() == children.specs.size());   // all were asked before any ended
  children.end_in(shell);
  CHECK(shell.finished->cause == finish_cause::asked);
  CHECK(starts_in(shell.happened()) == 0);
}
