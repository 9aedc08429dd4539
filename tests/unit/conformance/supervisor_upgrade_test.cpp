// OTP's supervisor_SUITE, code_change. Code is not replaced in a running C++ programme; a spec is.
#include "supervisors/supervisor_machine.hpp"

#include "otp_shell.hpp"

using namespace lintel::supervisors;
using namespace lintel::supervisors::conformance;

namespace {

fake_shell running_ab() {
  return running(strategy::one_for_one, {worker("child1"), worker("child2")});
}

} // namespace

// New flags hold at once, nobody is disturbed, and what is wrong changes nothing.
TEST_CASE("supervisor_SUITE: code_change") {
  auto shell = running_ab();
  auto spec = spec_of(strategy::one_for_all, {worker("child1"), worker("child2")},
                      {.count_max = 1, .window = 3600s});
  shell.ends("child1");   // one of one, as the new limit sees it
  shell.happened();
  CHECK(shell.change_spec(spec) == request_outcome::done);
  CHECK(shell.happened().empty());
  spec.limit.window = 0s;
  CHECK(shell.change_spec(spec) == request_outcome::invalid_spec);
  CHECK(shell.change_spec(spec_of(strategy::dynamic)) == request_outcome::invalid_spec);
  CHECK(shell.machine.how() == strategy::one_for_all);
  CHECK(counts_of(shell) == counts{2, 2, 0, 2});
  shell.ends("child1");
  CHECK(shell.finished->cause == finish_cause::gave_up);
}

// Children: changed by id, added as stopped ones, kept though the new spec does not name them.
TEST_CASE("supervisor_SUITE: code_change_map") {
  auto shell = running_ab();
  const auto spec = spec_of(strategy::one_for_one,
                            {worker("child3"), with_shutdown(worker("child2"), brutal_kill{})});
  CHECK(shell.change_spec(spec) == request_outcome::done);
  CHECK(shell.happened().empty());
  CHECK(ids_of(shell) == lines{"child3", "child2", "child1"});
  CHECK(shell.status("child3") == "stopped");
  CHECK(counts_of(shell) == counts{3, 2, 0, 3});
  CHECK(shell.restart_child("child3") == request_outcome::done);
  shell.happened();
  shell.shut_down();
  CHECK(shell.happened() == lines{"stop child1", "kill child2", "stop child3", "finish: asked"});
}

TEST_CASE("supervisor_SUITE: code_change_simple") {
  auto shell = running(strategy::dynamic);
  REQUIRE(shell.start_child(worker("child1")) == request_outcome::done);
  CHECK(shell.change_spec(spec_of(strategy::dynamic, {}, {.count_max = 0, .window = 1s}))
        == request_outcome::done);
  CHECK(shell.status("child1") == "up");
  shell.ends("child1");
  CHECK(shell.finished->cause == finish_cause::gave_up);
}

// OTP refuses another number of templates. Ours has none: children listed in the spec, or an order.
TEST_CASE("supervisor_SUITE: code_change_simple_map") {
  auto shell = running(strategy::dynamic);
  REQUIRE(shell.start_child(worker("child1")) == request_outcome::done);
  CHECK(shell.change_spec(spec_of(strategy::dynamic, {worker("child1")}))
        == request_outcome::invalid_spec);
  CHECK(shell.change_spec(spec_of(strategy::one_for_one)) == request_outcome::invalid_spec);
  CHECK(shell.status("child1") == "up");
}
