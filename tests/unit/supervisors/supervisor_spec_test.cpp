#include "supervisors/supervisor_spec.hpp"

#include "base/ensure.hpp"
#include "fake_shell.hpp"
#include <catch2/catch.hpp>

using namespace lintel::supervisors;
using namespace std::chrono_literals;
using Catch::Matchers::Contains;
using testing::group_of;
using testing::worker;

namespace {

supervisor_spec around(child_spec child) {
  return group_of(strategy::one_for_one, {std::move(child)});
}

} // namespace

TEST_CASE("a spec without a flaw has nothing to say") {
  CHECK(flaw_in(around(worker("a"))).empty());
  CHECK(flaw_in(supervisor_spec{}).empty());
}

TEST_CASE("child_specs: a child needs an id and a start function") {
  auto nameless = worker("");
  CHECK_THAT(flaw_in(around(nameless)), Contains("no id"));
  auto lifeless = worker("a");
  lifeless.start = nullptr;
  CHECK_THAT(flaw_in(around(lifeless)), Contains("'a' has no start function"));
}

TEST_CASE("child_specs: a child's time to stop is not negative") {
  auto child = worker("a");
  child.shutdown = -1ms;
  CHECK_THAT(flaw_in(around(child)), Contains("negative"));
  child.shutdown = 0ms;
  CHECK(flaw_in(around(child)).empty());
}

TEST_CASE("two children cannot have one id") {
  const auto spec = group_of(strategy::one_for_one, {worker("a"), worker("b"), worker("a")});
  CHECK_THAT(flaw_in(spec), Contains("two children have the id 'a'"));
}

TEST_CASE("A1: only a child that may end is significant, and only where somebody cares") {
  auto spec = around(worker("a", restart::transient));
  spec.children[0].significant = true;
  CHECK_THAT(flaw_in(spec), Contains("never shuts down"));
  spec.auto_shutdown = auto_shutdown::any_significant;
  CHECK(flaw_in(spec).empty());
  spec.children[0].restart = restart::permanent;
  CHECK_THAT(flaw_in(spec), Contains("significant and permanent"));
}

TEST_CASE("sup_flags: a supervisor needs a name and a window longer than nought") {
  auto spec = around(worker("a"));
  spec.limit.window = 0s;
  CHECK_THAT(flaw_in(spec), Contains("window"));
  spec.limit.window = 1s;
  spec.name.clear();
  CHECK_THAT(flaw_in(spec), Contains("no name"));
}

TEST_CASE("a supervisor has a bounded number of children") {
  supervisor_spec spec;
  for (std::size_t i = 0; i <= children_max; ++i)
    spec.children.push_back(worker(std::to_string(i)));
  CHECK_THAT(flaw_in(spec), Contains("more than 1000 children"));
  spec.children.pop_back();
  CHECK(flaw_in(spec).empty());
}

TEST_CASE("a worker has five seconds to stop and a supervisor all the time it takes") {
  auto child = worker("a");
  CHECK(std::get<std::chrono::milliseconds>(shutdown_of(child)) == 5s);
  child.kind = child_kind::supervisor;
  CHECK(std::holds_alternative<infinity>(shutdown_of(child)));
  child.shutdown = 1s;
  CHECK(std::get<std::chrono::milliseconds>(shutdown_of(child)) == 1s);
}

TEST_CASE("a machine refuses a spec with a flaw") {
  CHECK_THROWS_AS(supervisor_machine{around(worker(""))}, lintel::base::broken_invariant);
}
