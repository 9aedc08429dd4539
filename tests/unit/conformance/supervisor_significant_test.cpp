// OTP's supervisor_SUITE about significant children. A code change is our change_spec.
#include "supervisors/supervisor_machine.hpp"

#include "otp_shell.hpp"

using namespace lintel::supervisors;
using namespace lintel::supervisors::conformance;

namespace {

constexpr auto never = auto_shutdown::never;
constexpr auto any = auto_shutdown::any_significant;
constexpr auto all = auto_shutdown::all_significant;

supervisor_spec spec_with(auto_shutdown mode, std::vector<child_spec> children,
                          strategy how = strategy::one_for_one) {
  auto spec = spec_of(how, std::move(children), {.count_max = 10, .window = 3600s});
  spec.auto_shutdown = mode;
  return spec;
}

child_spec significant(const char* id, restart type = restart::temporary) {
  return conformance::significant(worker(id, type));
}

/// Two temporary children under one mode, upgraded to another: significant unless nobody cares.
fake_shell upgraded(auto_shutdown from, auto_shutdown to) {
  const auto children = [](auto_shutdown mode) {
    std::vector<child_spec> two{worker("child1", restart::temporary),
                                worker("child2", restart::temporary)};
    for (auto& child : two)
      child.significant = mode != never;
    return two;
  };
  auto shell = running(spec_with(from, children(from)));
  REQUIRE(shell.change_spec(spec_with(to, children(to))) == request_outcome::done);
  CHECK(shell.happened().empty());
  return shell;
}

/// How many of the two ends it takes until the supervisor shuts down; 0: it does not.
int ends_until_shutdown(fake_shell shell) {
  shell.ends("child1", exit_class::normal);
  if (shell.is_finished())
    return 1;
  shell.ends("child2", exit_class::normal);
  return shell.is_finished() ? 2 : 0;
}

} // namespace

TEST_CASE("supervisor_SUITE: nonsignificant_temporary") {
  const auto how = GENERATE(exit_class::normal, exit_class::shutdown, exit_class::crash);
  const auto mode = GENERATE(any, all);
  auto shell = running(spec_with(mode, {worker("child1", restart::temporary), significant("child2")}));
  shell.ends("child1", how);
  CHECK(counts_of(shell) == counts{1, 1, 0, 1});
}

TEST_CASE("supervisor_SUITE: nonsignificant_transient") {
  const auto how = GENERATE(exit_class::normal, exit_class::shutdown);
  const auto mode = GENERATE(any, all);
  auto shell = running(spec_with(mode, {worker("child1", restart::transient), significant("child2")}));
  shell.ends("child1", how);
  CHECK(counts_of(shell) == counts{2, 1, 0, 2});
}

TEST_CASE("supervisor_SUITE: significant_temporary") {
  const auto how = GENERATE(exit_class::normal, exit_class::shutdown, exit_class::crash);
  auto one = running(spec_with(any, {significant("child1"), significant("child2"), worker("child3")}));
  one.ends("child1", how);
  CHECK(one.happened() == lines{"stop child3", "stop child2", "finish: auto-shutdown"});
  auto both = running(spec_with(all, {significant("child1"), significant("child2"), worker("child3")}));
  both.ends("child1", how);
  CHECK(both.happened().empty());
  both.ends("child2", how);
  CHECK(both.happened() == lines{"stop child3", "finish: auto-shutdown"});
}

TEST_CASE("supervisor_SUITE: significant_transient") {
  const auto how = GENERATE(exit_class::normal, exit_class::shutdown, exit_class::gave_up);
  const auto children = {significant("child1", restart::transient),
                         significant("child2", restart::transient)};
  auto one = running(spec_with(any, children));
  one.ends("child1", exit_class::crash);
  CHECK(one.happened() == lines{"start child1"});   // only a restart
  one.ends("child1", how);
  CHECK(one.happened() == lines{"stop child2", "finish: auto-shutdown"});
  auto both = running(spec_with(all, children));
  both.ends("child1", how);
  CHECK_FALSE(both.is_finished());
  both.ends("child2", how);
  CHECK(both.is_finished());
}

TEST_CASE("supervisor_SUITE: significant_simple") {
  for (const auto mode : {any, all})
    CHECK_FALSE(flaw_in(spec_with(mode, {}, strategy::dynamic)).empty());
  auto shell = running(strategy::dynamic);
  CHECK(shell.start_child(significant("child1")) == request_outcome::invalid_spec);
}

TEST_CASE("supervisor_SUITE: significant_bystander") {
  const auto how = GENERATE(strategy::one_for_one, strategy::one_for_all, strategy::rest_for_one);
  const auto mode = GENERATE(any, all);
  auto shell = running(spec_with(mode, {worker("child1"), significant("child2"),
                                        significant("child3", restart::transient)}, how));
  shell.ends("child1");
  CHECK_FALSE(shell.is_finished());
  CHECK(shell.status("child1") == "up");
  CHECK(shell.terminate_child("child3") == request_outcome::done);   // A3
  CHECK_FALSE(shell.is_finished());
}

// The end of the inner supervisor is the end of a significant child for the outer one.
TEST_CASE("supervisor_SUITE: significant_escalation") {
  auto inner = running(spec_with(any, {significant("child1")}));
  inner.ends("child1", exit_class::normal);
  REQUIRE(inner.finished->cause == finish_cause::auto_shutdown);
  auto outer = running(spec_with(any, {worker("other"),
                                       conformance::significant(nested("inner", restart::transient))}));
  outer.ends("inner", exit_class::shutdown);   // what exit_reason_of() makes of it
  CHECK(outer.happened() == lines{"stop other", "finish: auto-shutdown"});
  auto indifferent = running(spec_with(any, {nested("inner", restart::transient), significant("a")}));
  indifferent.ends("inner", exit_class::shutdown);
  CHECK_FALSE(indifferent.is_finished());
}

TEST_CASE("supervisor_SUITE: significant_upgrade_never_any") {
  CHECK(ends_until_shutdown(upgraded(never, any)) == 1);
}

TEST_CASE("supervisor_SUITE: significant_upgrade_any_never") {
  CHECK(ends_until_shutdown(upgraded(any, never)) == 0);
}

TEST_CASE("supervisor_SUITE: significant_upgrade_never_all") {
  CHECK(ends_until_shutdown(upgraded(never, all)) == 2);
}

TEST_CASE("supervisor_SUITE: significant_upgrade_all_never") {
  CHECK(ends_until_shutdown(upgraded(all, never)) == 0);
}

TEST_CASE("supervisor_SUITE: significant_upgrade_any_all") {
  CHECK(ends_until_shutdown(upgraded(any, all)) == 2);
}

TEST_CASE("supervisor_SUITE: significant_upgrade_all_any") {
  CHECK(ends_until_shutdown(upgraded(all, any)) == 1);
}

TEST_CASE("supervisor_SUITE: significant_upgrade_child") {
  auto shell = running(spec_with(any, {worker("child1", restart::temporary), significant("child2")}));
  REQUIRE(shell.change_spec(spec_with(any, {significant("child1"),
                                            worker("child2", restart::temporary)}))
          == request_outcome::done);
  shell.ends("child2", exit_class::normal);
  CHECK_FALSE(shell.is_finished());
  shell.ends("child1", exit_class::normal);
  CHECK(shell.is_finished());
}
