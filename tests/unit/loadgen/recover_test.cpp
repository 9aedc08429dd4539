#include "loadgen/recover.hpp"

#include <catch2/catch.hpp>

using namespace lintel::loadgen;

namespace {

const recovery_verdict whole{.complete = 2, .recovered = 2, .messages = 6};

bool passes(const recovery_verdict& verdict) {
  report into{"recover"};
  add_recovery_checks(into, verdict, 2, 3);
  return into.is_ok();
}

} // namespace

TEST_CASE("two clients that received their three messages pass, and any deviation fails the run") {
  CHECK(passes(whole));
  for (const auto count : {&recovery_verdict::refused, &recovery_verdict::repeated, &recovery_verdict::left_out}) {
    recovery_verdict verdict = whole;
    verdict.*count = 1;
    CHECK_FALSE(passes(verdict));
  }
}

TEST_CASE("a message too few, or a client that was not told recovered, fails the run") {
  recovery_verdict verdict = whole;
  verdict.messages = 5;
  CHECK_FALSE(passes(verdict));
  verdict = whole;
  verdict.recovered = 1;
  CHECK_FALSE(passes(verdict));
}
