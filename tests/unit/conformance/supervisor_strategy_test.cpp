// OTP's supervisor_SUITE, groups restart_one_for_one, _one_for_all, _rest_for_one, and
// multiple_restarts.
#include "supervisors/supervisor_machine.hpp"

#include "otp_shell.hpp"

using namespace lintel::supervisors;
using namespace lintel::supervisors::conformance;

namespace {

std::uint64_t restarts_of(const fake_shell& shell, std::string_view id) {
  return shell.machine.children().find(id)->restarts;
}

/// The limit of OTP's escalation tests.
constexpr restart_limit four{.count_max = 4, .window = 3600s};

} // namespace

TEST_CASE("supervisor_SUITE: one_for_one") {
  auto shell = running(strategy::one_for_one, {worker("child1"), worker("child2")});
  shell.ends("child1");
  CHECK(restarts_of(shell, "child1") == 1);
  CHECK(restarts_of(shell, "child2") == 0);
  CHECK(counts_of(shell) == counts{2, 2, 0, 2});
  shell.ends("child2");
  shell.ends("child1");
  CHECK(shell.finished->cause == finish_cause::gave_up);
}

// The crash and each attempt count: the fifth is one too many, and the sibling goes along.
TEST_CASE("supervisor_SUITE: one_for_one_escalation") {
  auto shell = running(strategy::one_for_one, {worker("child1"), worker("child2")}, four);
  never_starts_again(shell, "child1");
  shell.ends("child1");
  shell.pass(1s);
  CHECK(shell.happened() == lines{"start child1", "start child1", "start child1", "start child1",
                                  "stop child2", "finish: gave up"});
}

TEST_CASE("supervisor_SUITE: one_for_all") {
  auto shell = running(strategy::one_for_all, {worker("child1"), worker("child2")});
  shell.ends("child1");
  CHECK(shell.happened() == lines{"stop child2", "start child1", "start child2"});
  CHECK(counts_of(shell) == counts{2, 2, 0, 2});
  shell.ends("child2");
  CHECK(restarts_of(shell, "child1") == 2);
  shell.ends("child1");
  CHECK(shell.finished->cause == finish_cause::gave_up);
}

TEST_CASE("supervisor_SUITE: one_for_all_escalation") {
  auto shell = running(strategy::one_for_all, {worker("child1"), worker("child2")}, four);
  never_starts_again(shell, "child2");
  shell.ends("child1");
  shell.pass(1s);
  CHECK(shell.finished->cause == finish_cause::gave_up);
  CHECK(counts_of(shell) == counts{2, 0, 0, 2});
}

TEST_CASE("supervisor_SUITE: one_for_all_other_child_fails_restart") {
  auto shell = running(strategy::one_for_all, {worker("child1"), worker("child2")},
                       {.count_max = 3, .window = 3600s});
  shell.script("child2", {script::fail});
  shell.ends("child1");
  CHECK(shell.happened() == lines{"stop child2", "start child1", "start child2", "stop child1"});
  shell.pass(0ms);
  CHECK(shell.happened() == lines{"start child1", "start child2"});
  CHECK(counts_of(shell) == counts{2, 2, 0, 2});
}

TEST_CASE("supervisor_SUITE: rest_for_one") {
  auto shell = running(strategy::rest_for_one,
                       {worker("child1"), worker("child2"), worker("child3")});
  shell.ends("child2");
  CHECK(shell.happened() == lines{"stop child3", "start child2", "start child3"});
  CHECK(restarts_of(shell, "child1") == 0);
  CHECK(counts_of(shell) == counts{3, 3, 0, 3});
  shell.ends("child3");
  CHECK(restarts_of(shell, "child2") == 1);
  shell.ends("child2");
  CHECK(shell.finished->cause == finish_cause::gave_up);
}

TEST_CASE("supervisor_SUITE: rest_for_one_escalation") {
  auto shell = running(strategy::rest_for_one, {worker("child1"), worker("child2")}, four);
  never_starts_again(shell, "child2");
  shell.ends("child1");
  shell.pass(1s);
  CHECK(shell.finished->cause == finish_cause::gave_up);
  CHECK(counts_of(shell) == counts{2, 0, 0, 2});
}

TEST_CASE("supervisor_SUITE: rest_for_one_other_child_fails_restart") {
  auto shell = running(strategy::rest_for_one, {worker("child1"), worker("child2")},
                       {.count_max = 3, .window = 3600s});
  shell.script("child2", {script::fail});
  shell.ends("child1");
  CHECK(shell.happened() == lines{"stop child2", "start child1", "start child2"});
  shell.pass(0ms);
  CHECK(shell.happened() == lines{"start child2"});
  CHECK(restarts_of(shell, "child1") == 1);
}

// A crash every 2.1 s under "one in one second".
TEST_CASE("supervisor_SUITE: multiple_restarts") {
  auto shell = running(strategy::one_for_one, {with_shutdown(worker("child1"), brutal_kill{})},
                       {.count_max = 1, .window = 1s});
  for (int i = 0; i < 4; ++i) {
    shell.ends("child1");
    shell.pass(2100ms);
  }
  CHECK_FALSE(shell.is_finished());
  CHECK(shell.terminate_child("child1") == request_outcome::done);
  CHECK(shell.delete_child("child1") == request_outcome::done);
}
