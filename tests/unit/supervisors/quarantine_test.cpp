#include "supervisors/quarantine.hpp"

#include "base/ensure.hpp"
#include <catch2/catch.hpp>

using namespace lintel;
using namespace std::chrono_literals;
using supervisors::quarantine;

namespace {

constexpr quarantine::time_point epoch{1h};
constexpr supervisors::quarantine_rule rule{.cool_down = 30s, .cool_down_max = 2min};

} // namespace

TEST_CASE("a name that was confined is held until its cool-down has passed, and no other is") {
  quarantine ward{rule};
  CHECK_FALSE(ward.holds("room:a", epoch));
  CHECK(ward.confine("room:a", epoch) == 30s);
  CHECK(ward.holds("room:a", epoch));
  CHECK_FALSE(ward.holds("room:b", epoch));
  CHECK(ward.holds("room:a", epoch + 30s - 1ns));
  CHECK_FALSE(ward.holds("room:a", epoch + 30s));
}

TEST_CASE("a name that is confined again soon after stays twice as long, up to a bound") {
  quarantine ward{rule};
  auto now = epoch;
  for (const auto expected : {30s, 60s, 120s, 120s}) {
    CHECK(ward.confine("room:a", now) == expected);
    now += expected + 1s;
  }
}

TEST_CASE("a name that was free for as long as it was confined begins anew") {
  quarantine ward{rule};
  (void)ward.confine("room:a", epoch);
  CHECK(ward.confine("room:a", epoch + 31s) == 60s); // free again at 91 s
  CHECK(ward.confine("room:a", epoch + 91s + 60s) == 30s);
}

TEST_CASE("names that behaved are forgotten") {
  quarantine ward{rule};
  for (int i = 0; i < 1'000; ++i)
    (void)ward.confine("room:" + std::to_string(i), epoch);
  CHECK(ward.size() == 1'000);
  (void)ward.confine("room:a", epoch + 1min);
  CHECK(ward.size() == 1);
}

TEST_CASE("rules that make no sense are refused") {
  CHECK_THROWS_AS((quarantine{{.cool_down = 0s}}), base::broken_invariant);
  CHECK_THROWS_AS((quarantine{{.cool_down = 1h}}), base::broken_invariant);
}

TEST_CASE("who is confined is listed, with the beginning and the end") {
  quarantine ward{rule};
  (void)ward.confine("room:a", epoch);
  (void)ward.confine("room:b", epoch + 20s);
  CHECK(ward.confined(epoch + 20s).size() == 2);
  const auto left = ward.confined(epoch + 30s);
  REQUIRE(left.size() == 1);
  CHECK(left[0].name == "room:b");
  CHECK(left[0].since == epoch + 20s);
  CHECK(left[0].until == epoch + 50s);
}
