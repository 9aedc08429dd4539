// Elixir's tests of DynamicSupervisor: which children are restarted, and with which results.
#include "supervisors/supervisor_machine.hpp"

#include "otp_shell.hpp"

using namespace lintel::supervisors;
using namespace lintel::supervisors::conformance;

namespace {

constexpr restart_limit often{.count_max = 1'000, .window = 5s};

fake_shell running_with(child_spec child, restart_limit limit = often, std::size_t children = 1'000) {
  auto spec = spec_of(strategy::dynamic, {}, limit);
  spec.dynamic_children_max = children;
  auto shell = running(std::move(spec));
  REQUIRE(shell.start_child(std::move(child)) == request_outcome::done);
  shell.happened();
  return shell;
}

/// [active, workers] after one child of the type has ended like this.
std::pair<std::size_t, std::size_t> after(restart type, exit_class how) {
  auto shell = running_with(worker("child", type));
  shell.ends("child", how);
  return {counts_of(shell)[1], counts_of(shell)[3]};
}

constexpr std::pair<std::size_t, std::size_t> restarted{1, 1};
constexpr std::pair<std::size_t, std::size_t> gone{0, 0};

} // namespace

TEST_CASE("DynamicSupervisor: start_child/2 temporary child is not restarted regardless of reason") {
  for (const auto how : {exit_class::normal, exit_class::shutdown, exit_class::crash, exit_class::kill})
    CHECK(after(restart::temporary, how) == gone);
}

TEST_CASE("DynamicSupervisor: start_child/2 transient child is restarted unless "
          "normal/shutdown/{shutdown, _}") {
  for (const auto how : {exit_class::normal, exit_class::shutdown, exit_class::gave_up})
    CHECK(after(restart::transient, how) == gone);
  CHECK(after(restart::transient, exit_class::crash) == restarted);
}

TEST_CASE("DynamicSupervisor: start_child/2 permanent child is restarted regardless of reason") {
  for (const auto how : {exit_class::normal, exit_class::shutdown, exit_class::gave_up,
                         exit_class::crash, exit_class::kill})
    CHECK(after(restart::permanent, how) == restarted);
}

// Up again; up with an extra, which is up; ignored and so dropped; failed and so tried again.
TEST_CASE("DynamicSupervisor: start_child/2 child is restarted with different values") {
  auto shell = running_with(worker("ok2"));
  for (const auto* id : {"ok3", "ignore", "error"})
    shell.start_child(worker(id));
  shell.script("ignore", {script::ignore});
  shell.script("error", {script::fail});
  for (const auto* id : {"ok2", "ok3", "ignore", "error"})
    shell.ends(id, exit_class::shutdown);
  CHECK(ids_of(shell) == lines{"ok2", "ok3", "error"});
  CHECK(shell.status("error") == "restarting");
  CHECK(counts_of(shell) == counts{3, 2, 0, 3});
}

TEST_CASE("DynamicSupervisor: start_child/2 restarting on init children counted in max_children") {
  auto shell = running_with(worker("child"), often, 1);
  shell.script("child", {script::fail});
  shell.ends("child", exit_class::shutdown);
  CHECK(counts_of(shell) == counts{1, 0, 0, 1});
  CHECK(shell.start_child(worker("")) == request_outcome::max_children);
}

TEST_CASE("DynamicSupervisor: start_child/2 restarting on exit children counted in max_children") {
  auto shell = running_with(worker("child"), often, 1);
  shell.ends("child", exit_class::shutdown);
  CHECK(counts_of(shell) == counts{1, 1, 0, 1});
  CHECK(shell.start_child(worker("")) == request_outcome::max_children);
}

// A restart calls the same start function, with all it has captured.
TEST_CASE("DynamicSupervisor: start_child/2 restarting a child with extra_arguments successfully "
          "restarts child") {
  auto child = worker("child", restart::transient);
  const auto argument = std::make_shared<int>(42);
  child.start = [argument](caf::event_based_actor&) { return start_result::ignored(); };
  auto shell = running_with(std::move(child));
  shell.ends("child", exit_class::crash);
  CHECK(shell.happened() == lines{"start child"});
  CHECK(argument.use_count() == 2);   // ours, and the one kept for the next start
}

TEST_CASE("DynamicSupervisor: start_child/2 child is restarted when trying again") {
  auto shell = running_with(worker("child"), {.count_max = 2, .window = 5s});
  shell.script("child", {script::fail});
  shell.ends("child", exit_class::shutdown);
  shell.pass(0ms);
  CHECK(shell.happened() == lines{"start child", "start child"});
  CHECK(counts_of(shell) == counts{1, 1, 0, 1});
}

TEST_CASE("DynamicSupervisor: start_child/2 child triggers maximum restarts") {
  auto shell = running_with(worker("child"), {.count_max = 1, .window = 5s});
  never_starts_again(shell, "child");
  shell.ends("child", exit_class::shutdown);
  CHECK(shell.finished->cause == finish_cause::gave_up);
}

TEST_CASE("DynamicSupervisor: start_child/2 child triggers maximum intensity when trying again") {
  auto shell = running_with(worker("child"), {.count_max = 9, .window = 5s});
  never_starts_again(shell, "child");
  shell.ends("child", exit_class::shutdown);
  CHECK_FALSE(shell.is_finished());
  shell.pass(5s);
  CHECK(shell.finished->cause == finish_cause::gave_up);
}

TEST_CASE("DynamicSupervisor: start_child/2 with valid shutdown") {
  for (const auto time : {0ms, 1ms}) {
    auto shell = running_with(with_shutdown(worker("child"), time));
    CHECK(shell.terminate_child("child") == request_outcome::done);
  }
}

TEST_CASE("DynamicSupervisor: start_child/2 with invalid valid shutdown") {
  auto shell = running(strategy::dynamic);
  CHECK(shell.start_child(with_shutdown(worker("child"), -1ms)) == request_outcome::invalid_spec);
}

// Elixir ignores ids and goes by pid. Here an id names one child as long as it lives.
TEST_CASE("DynamicSupervisor: start_child/2 duplicates of an id are refused") {
  auto shell = running_with(worker("child", restart::temporary));
  CHECK(shell.start_child(worker("child")) == request_outcome::already_started);
  shell.ends("child");
  CHECK(shell.start_child(worker("child")) == request_outcome::done);
}
