#include "loadgen/publish.hpp"

#include <catch2/catch.hpp>

using namespace lintel::loadgen;

namespace {

bool passes(const publish_faults& faults, std::uint64_t unanswered = 0) {
  report into{"publish"};
  add_publish_checks(into, faults, 10, unanswered);
  return into.is_ok();
}

bool passes(const offset_verdict& verdict, const std::string& problem = {}) {
  report into{"publish"};
  add_offset_checks(into, verdict, problem);
  return into.is_ok();
}

} // namespace

TEST_CASE("a run in which every push was answered ok passes, and any fault fails it") {
  CHECK(passes(publish_faults{}));
  CHECK_FALSE(passes(publish_faults{}, 1));
  for (const auto fault : {&publish_faults::refused, &publish_faults::duplicates, &publish_faults::without_offset,
                           &publish_faults::out_of_order, &publish_faults::lost_sockets, &publish_faults::unexpected}) {
    publish_faults faults;
    faults.note(fault, "example");
    CHECK_FALSE(passes(faults));
  }
}

TEST_CASE("offsets that keep the promises pass, and any deviation fails the run") {
  const offset_verdict kept{.acknowledged = 10, .read_back = 10};
  CHECK(passes(kept));
  for (const auto count :
       {&offset_verdict::repeated, &offset_verdict::holes, &offset_verdict::missing, &offset_verdict::differing}) {
    offset_verdict verdict = kept;
    verdict.*count = 1;
    CHECK_FALSE(passes(verdict));
  }
}

TEST_CASE("a history that could not be read fails the run, whatever was read of it") {
  CHECK_FALSE(passes(offset_verdict{.acknowledged = 10, .read_back = 10}, "no answer for 10 s"));
}

TEST_CASE("what a topic no longer keeps is told") {
  report into{"publish"};
  add_offset_checks(into, {.acknowledged = 250, .read_back = 100}, {});
  CHECK(into.is_ok());
  CHECK(into.text().find("150 are older than what a topic keeps") != std::string::npos);
}
