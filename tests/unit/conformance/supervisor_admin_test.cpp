// OTP's supervisor_SUITE: what operators ask, and which specs are refused.
#include "supervisors/supervisor.hpp"

#include "otp_shell.hpp"
#include "tests/unit/supervisors/tree_fixture.hpp"

using namespace lintel::supervisors;
using namespace lintel::supervisors::conformance;
using Catch::Matchers::Contains;
using testing::real_worker;
using testing::tree_fixture;

TEST_CASE("supervisor_SUITE: child_adm") {
  auto shell = running(strategy::one_for_one, {worker("child1")});
  CHECK(counts_of(shell) == counts{1, 1, 0, 1});
  CHECK(shell.start_child(worker("child1")) == request_outcome::already_started);
  CHECK(shell.terminate_child("hej") == request_outcome::not_found);
  CHECK(shell.terminate_child("child1") == request_outcome::done);
  CHECK(counts_of(shell) == counts{1, 0, 0, 1});
  CHECK(shell.terminate_child("child1") == request_outcome::done);
  CHECK(shell.start_child(worker("child1")) == request_outcome::already_present);
  CHECK(shell.restart_child("child1") == request_outcome::done);
  CHECK(counts_of(shell) == counts{1, 1, 0, 1});
  CHECK(shell.restart_child("child1") == request_outcome::running);
  CHECK(shell.restart_child("child2") == request_outcome::not_found);
  CHECK(shell.delete_child("child1") == request_outcome::running);
  CHECK(shell.delete_child("hej") == request_outcome::not_found);
  CHECK(shell.terminate_child("child1") == request_outcome::done);
  CHECK(shell.delete_child("child1") == request_outcome::done);
  CHECK(shell.restart_child("child1") == request_outcome::not_found);
  CHECK(counts_of(shell) == counts{0, 0, 0, 0});
  CHECK(shell.start_child(worker("child1")) == request_outcome::done);
  CHECK(counts_of(shell) == counts{1, 1, 0, 1});
}

// Children are terminated by id, and an id that is gone is not found; OTP goes by pid, and is content
// with a dead one.
TEST_CASE("supervisor_SUITE: child_adm_simple") {
  auto shell = running(strategy::dynamic);
  CHECK(counts_of(shell) == counts{0, 0, 0, 0});
  CHECK(shell.start_child(worker("")) == request_outcome::done);
  CHECK(shell.start_child(worker("")) == request_outcome::done);
  CHECK(counts_of(shell) == counts{2, 2, 0, 2});
  CHECK(shell.terminate_child("#1") == request_outcome::done);
  CHECK(counts_of(shell) == counts{1, 1, 0, 1});
  CHECK(shell.terminate_child("#1") == request_outcome::not_found);
  CHECK(shell.restart_child("#1") == request_outcome::not_kept);
  CHECK(shell.delete_child("#2") == request_outcome::not_kept);
  CHECK(counts_of(shell) == counts{1, 1, 0, 1});
}

TEST_CASE_METHOD(tree_fixture, "supervisor_SUITE: extra_return") {
  auto child1 = real_worker("child1");
  child1.start = [](caf::event_based_actor& parent) -> start_result {
    return {caf::actor{parent.spawn<testing::test_child>(testing::manners::polite)},
            caf::make_message(std::string{"extra_return"})};
  };
  auto tree = start(strategy::one_for_one, {child1});
  const auto is_extra = [](const request_answer& answer) {
    return answer.outcome == request_outcome::done && answer.child != nullptr
           && answer.extra.match_elements<std::string>()
           && answer.extra.get_as<std::string>(0) == "extra_return";
  };
  end_of(child(tree.root, "child1"), testing::crash{});   // an extra of a restart: nobody's
  ask<request_answer>(tree.root, terminate_child{"child1"});
  CHECK(is_extra(ask<request_answer>(tree.root, restart_child{"child1"})));
  CHECK(ask<request_answer>(tree.root, terminate_child{"child1"}).extra.empty());
  ask<request_answer>(tree.root, delete_child{"child1"});
  CHECK(is_extra(ask<request_answer>(tree.root, start_child{child1})));
  stop(tree);
}

TEST_CASE("supervisor_SUITE: child_specs") {
  auto shell = running(strategy::one_for_one);
  auto no_start = worker("child");
  no_start.start = nullptr;
  for (const auto& invalid : {worker(""), no_start, with_shutdown(worker("child"), -100ms),
                              significant(worker("child", restart::transient))}) {
    CHECK_FALSE(flaw_in(invalid, auto_shutdown::never).empty());
    CHECK(shell.start_child(invalid) == request_outcome::invalid_spec);
  }
  CHECK(counts_of(shell) == counts{0, 0, 0, 0});
  for (const auto& valid : {worker("1"), with_shutdown(worker("2"), 0ms),
                            with_shutdown(worker("3"), brutal_kill{}),
                            with_shutdown(worker("4"), infinity{}), nested("5"),
                            worker("6", restart::temporary), worker("7", restart::transient)})
    CHECK(shell.start_child(valid) == request_outcome::done);
  CHECK_FALSE(flaw_in(spec_of(strategy::one_for_one, {worker("1"), worker("1")})).empty());
}

// Every combination. Values that OTP's maps could hold beside these do not compile.
TEST_CASE("supervisor_SUITE: child_specs_map") {
  const std::vector<shutdown_policy> shutdowns{default_for_kind{}, brutal_kill{}, infinity{},
                                               0ms, 1000ms, -1ms};
  std::size_t wrong = 0;
  const auto judge = [&](const child_spec& child, auto_shutdown mode) {
    const auto* time = std::get_if<std::chrono::milliseconds>(&child.shutdown);
    const bool may_be_significant =
      child.restart != restart::permanent && mode != auto_shutdown::never;
    const bool is_valid = !child.id.empty() && child.start && (time == nullptr || *time >= 0ms)
                          && (!child.significant || may_be_significant);
    wrong += flaw_in(child, mode).empty() == is_valid ? 0U : 1U;
  };
  for (const auto* id : {"child", ""})
    for (const bool has_start : {true, false})
      for (const auto type : {restart::permanent, restart::transient, restart::temporary})
        for (const bool is_significant : {false, true})
          for (const auto& shutdown : shutdowns)
            for (const auto kind : {child_kind::worker, child_kind::supervisor})
              for (const auto mode : {auto_shutdown::never, auto_shutdown::any_significant,
                                      auto_shutdown::all_significant}) {
                auto child = with_shutdown(worker(id, type), shutdown);
                child.kind = kind;
                child.significant = is_significant;
                if (!has_start)
                  child.start = nullptr;
                judge(child, mode);
              }
  CHECK(wrong == 0);
}

TEST_CASE("supervisor_SUITE: sup_flags") {
  const auto flags = [](strategy how, restart_limit limit, auto_shutdown mode) {
    auto spec = spec_of(how, {}, limit);
    spec.auto_shutdown = mode;
    return flaw_in(spec);
  };
  CHECK(flags(strategy::one_for_one, {0, 1s}, auto_shutdown::never).empty());
  CHECK(flags(strategy::dynamic, {0, 1s}, auto_shutdown::never).empty());
  CHECK_THAT(flags(strategy::one_for_one, {1, 0s}, auto_shutdown::never), Contains("window"));
  CHECK_THAT(flags(strategy::one_for_one, {1, -1s}, auto_shutdown::never), Contains("window"));
  CHECK_THAT(flags(strategy::dynamic, seldom, auto_shutdown::any_significant), Contains("dynamic"));
  CHECK_THAT(flags(strategy::dynamic, seldom, auto_shutdown::all_significant), Contains("dynamic"));
  CHECK_THAT(flaw_in(spec_of(strategy::dynamic, {worker("child")})), Contains("dynamic"));
}
