// Elixir's tests of DynamicSupervisor: terminate and terminate_child.
#include "supervisors/supervisor_machine.hpp"

#include "otp_shell.hpp"

using namespace lintel::supervisors;
using namespace lintel::supervisors::conformance;

namespace {

/// child1 to child3 with this shutdown; those in `deaf` do not end when they are asked to.
fake_shell running_three(const shutdown_policy& how, std::set<std::string> deaf = {}) {
  auto shell = running(strategy::dynamic);
  for (const auto* id : {"child1", "child2", "child3"})
    REQUIRE(shell.start_child(with_shutdown(worker(id), how)) == request_outcome::done);
  shell.happened();
  shell.deaf = std::move(deaf);
  return shell;
}

const lines all_asked{"stop child1", "stop child2", "stop child3"};

/// They do end, but in a way of their own.
void end_all(fake_shell& shell, exit_class how) {
  CHECK(shell.happened() == all_asked);
  for (const auto* id : {"child1", "child2", "child3"})
    shell.ends(id, how);
  CHECK(shell.happened() == lines{"finish: asked"});
}

const std::set<std::string> everybody{"child1", "child2", "child3"};

} // namespace

TEST_CASE("DynamicSupervisor: terminate/2 terminates children with brutal kill") {
  auto shell = running_three(brutal_kill{});
  shell.shut_down();
  CHECK(shell.happened() == lines{"kill child1", "kill child2", "kill child3", "finish: asked"});
}

TEST_CASE("DynamicSupervisor: terminate/2 terminates children with infinity shutdown") {
  auto shell = running_three(infinity{});
  shell.shut_down();
  CHECK(shell.happened() == lines{"stop child1", "stop child2", "stop child3", "finish: asked"});
}

TEST_CASE("DynamicSupervisor: terminate/2 terminates children with infinity shutdown and abnormal "
          "reason") {
  auto shell = running_three(infinity{}, everybody);
  shell.shut_down();
  shell.pass(24h);
  end_all(shell, exit_class::gave_up);
}

TEST_CASE("DynamicSupervisor: terminate/2 terminates children with integer shutdown") {
  auto shell = running_three(1000ms);
  shell.shut_down();
  CHECK(shell.happened() == lines{"stop child1", "stop child2", "stop child3", "finish: asked"});
}

TEST_CASE("DynamicSupervisor: terminate/2 terminates children with integer shutdown and abnormal "
          "reason") {
  auto shell = running_three(1000ms, everybody);
  shell.shut_down();
  shell.pass(999ms);
  end_all(shell, exit_class::gave_up);
}

TEST_CASE("DynamicSupervisor: terminate/2 terminates children with expired integer shutdown") {
  auto shell = running_three(1ms, {"child2"});
  shell.shut_down();
  CHECK(shell.happened() == all_asked);
  shell.pass(1ms);
  CHECK(shell.happened() == lines{"kill child2", "finish: asked"});
}

TEST_CASE("DynamicSupervisor: terminate/2 terminates children with permanent restart and normal "
          "reason") {
  auto shell = running_three(infinity{}, everybody);
  shell.shut_down();
  end_all(shell, exit_class::normal);
}

TEST_CASE("DynamicSupervisor: terminate/2 terminates with mixed children") {
  auto shell = running(strategy::dynamic);
  shell.start_child(with_shutdown(worker("child1"), infinity{}));
  shell.start_child(with_shutdown(worker("child2"), brutal_kill{}));
  shell.happened();
  shell.shut_down();
  CHECK(shell.happened() == lines{"stop child1", "kill child2", "finish: asked"});
}

// Each has the time its own spec gives it; nobody waits for a slower sibling.
TEST_CASE("DynamicSupervisor: terminate/2 honours each child's own shutdown value") {
  auto shell = running(strategy::dynamic);
  shell.start_child(with_shutdown(worker("slow"), 300ms));
  shell.start_child(with_shutdown(worker("quick"), 100ms));
  shell.happened();
  shell.deaf = {"slow", "quick"};
  shell.shut_down();
  CHECK(shell.happened() == lines{"stop slow", "stop quick"});
  shell.pass(100ms);
  CHECK(shell.happened() == lines{"kill quick"});
  shell.pass(200ms);
  CHECK(shell.happened() == lines{"kill slow", "finish: asked"});
}

TEST_CASE("DynamicSupervisor: terminate_child/2 terminates child with brutal kill") {
  auto shell = running_three(brutal_kill{});
  CHECK(shell.terminate_child("child1") == request_outcome::done);
  CHECK(shell.happened() == lines{"kill child1"});
  CHECK(shell.terminate_child("child1") == request_outcome::not_found);
  CHECK(counts_of(shell) == counts{2, 2, 0, 2});
}

TEST_CASE("DynamicSupervisor: terminate_child/2 terminates child with integer shutdown") {
  auto shell = running_three(1000ms);
  CHECK(shell.terminate_child("child1") == request_outcome::done);
  CHECK(shell.happened() == lines{"stop child1"});
  CHECK(shell.terminate_child("child1") == request_outcome::not_found);
  CHECK(counts_of(shell) == counts{2, 2, 0, 2});
}

TEST_CASE("DynamicSupervisor: terminate_child/2 terminates restarting child") {
  auto shell = running_three(1000ms);
  shell.script("child1", {script::fail, script::fail});
  shell.ends("child1", exit_class::shutdown);
  CHECK(shell.status("child1") == "restarting");
  CHECK(shell.terminate_child("child1") == request_outcome::done);
  CHECK(shell.terminate_child("child1") == request_outcome::not_found);
  shell.happened();
  shell.pass(1min);
  CHECK(shell.happened().empty());
  CHECK(counts_of(shell) == counts{2, 2, 0, 2});
}

// A crash beside a restart that does not get on: nobody waits for it.
TEST_CASE("DynamicSupervisor: terminate_child/2 does not wait for a child that stops slowly") {
  auto shell = running_three(1000ms, {"child1"});
  CHECK(shell.terminate_child("child1") == request_outcome::interrupted);   // not answered yet
  CHECK(shell.terminate_child("child2") == request_outcome::done);
  CHECK(shell.start_child(worker("child4")) == request_outcome::done);
  shell.ends("child3");
  CHECK(shell.status("child3") == "up");
  shell.pass(1000ms);
  CHECK(shell.status("child1") == "gone");
}
