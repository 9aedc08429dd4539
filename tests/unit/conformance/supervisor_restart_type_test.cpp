// OTP's supervisor_SUITE, groups normal_termination, shutdown_termination and abnormal_termination.
#include "supervisors/supervisor.hpp"

#include "otp_shell.hpp"
#include "tests/unit/supervisors/tree_fixture.hpp"

using namespace lintel::supervisors;
using namespace lintel::supervisors::conformance;
using Catch::Matchers::Contains;
using testing::real_worker;
using testing::tree_fixture;

namespace {

/// What count_children says after a child of this type has ended like that. gave_up is what OTP
/// writes as {shutdown, Info}.
counts counts_after(restart type, exit_class how) {
  auto shell = running(strategy::one_for_one);
  REQUIRE(shell.start_child(worker("child1", type)) == request_outcome::done);
  shell.ends("child1", how);
  return counts_of(shell);
}

constexpr counts restarted{1, 1, 0, 1};
constexpr counts stopped{1, 0, 0, 1};
constexpr counts gone{0, 0, 0, 0};

} // namespace

TEST_CASE_METHOD(tree_fixture, "supervisor_SUITE: external_start_no_progress_log") {
  auto tree = start(strategy::one_for_one, {});
  REQUIRE(ask<request_answer>(tree.root, start_child{real_worker("child1")}).outcome
          == request_outcome::done);
  CHECK(events->read().empty());
  stop(tree);
}

TEST_CASE("supervisor_SUITE: permanent_normal") {
  CHECK(counts_after(restart::permanent, exit_class::normal) == restarted);
}

TEST_CASE("supervisor_SUITE: transient_normal") {
  CHECK(counts_after(restart::transient, exit_class::normal) == stopped);
}

TEST_CASE("supervisor_SUITE: temporary_normal") {
  CHECK(counts_after(restart::temporary, exit_class::normal) == gone);
}

TEST_CASE("supervisor_SUITE: permanent_shutdown") {
  CHECK(counts_after(restart::permanent, exit_class::shutdown) == restarted);
  CHECK(counts_after(restart::permanent, exit_class::gave_up) == restarted);
}

TEST_CASE("supervisor_SUITE: transient_shutdown") {
  CHECK(counts_after(restart::transient, exit_class::shutdown) == stopped);
  CHECK(counts_after(restart::transient, exit_class::gave_up) == stopped);
}

TEST_CASE("supervisor_SUITE: temporary_shutdown") {
  CHECK(counts_after(restart::temporary, exit_class::shutdown) == gone);
  CHECK(counts_after(restart::temporary, exit_class::gave_up) == gone);
}

TEST_CASE("supervisor_SUITE: permanent_abnormal") {
  CHECK(counts_after(restart::permanent, exit_class::crash) == restarted);
  CHECK(counts_after(restart::permanent, exit_class::kill) == restarted);
}

TEST_CASE("supervisor_SUITE: transient_abnormal") {
  CHECK(counts_after(restart::transient, exit_class::crash) == restarted);
  CHECK(counts_after(restart::transient, exit_class::kill) == restarted);
}

TEST_CASE("supervisor_SUITE: temporary_abnormal") {
  CHECK(counts_after(restart::temporary, exit_class::crash) == gone);
  CHECK(counts_after(restart::temporary, exit_class::kill) == gone);
}

// Three levels down something fails to start, and main() reads why.
TEST_CASE_METHOD(tree_fixture, "supervisor_SUITE: faulty_application_shutdown") {
  auto faulty = real_worker("faulty");
  faulty.start = [](caf::event_based_actor&) -> start_result {
    throw std::runtime_error{"config.cpp: no such file"};
  };
  const auto around = [&](std::string id, child_spec child) {
    auto inner = spec(strategy::one_for_one, {std::move(child)});
    inner.name = id;
    return child_spec{.id = std::move(id), .start = start_supervisor(inner),
                      .kind = child_kind::supervisor};
  };
  auto app = spec(strategy::one_for_one, {around("outer", around("inner", faulty))});
  const auto tree = start_tree(system, app, testing::patience);
  CHECK_FALSE(tree.is_running());
  CHECK_THAT(tree.why, Contains("'outer'") && Contains("'inner'") && Contains("'faulty'")
                         && Contains("config.cpp: no such file"));
}
