#include "loadgen/swarm.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <vector>

using namespace lintel::loadgen;

TEST_CASE("heartbeats meet every member once in a round") {
  for (const std::uint32_t count : {1u, 2u, 3u, 10u, 97u, 7500u, 19'608u}) {
    std::vector<int> met(count);
    std::uint32_t member = 0;
    for (std::uint32_t i = 0; i < count; ++i) {
      ++met[member];
      member = (member + spread_stride(count)) % count;
    }
    CHECK(std::all_of(met.begin(), met.end(), [](int times) { return times == 1; }));
  }
}

TEST_CASE("while a third is connected, heartbeats come as evenly as when all are") {
  constexpr std::uint32_t count = 19'608;
  constexpr std::uint32_t connected = count / 3;
  constexpr std::uint32_t slice = count / 30; // a second's visits
  std::uint32_t member = 0;
  for (std::uint32_t second = 0; second < 30; ++second) {
    std::uint32_t met = 0;
    for (std::uint32_t i = 0; i < slice; ++i) {
      met += member < connected ? 1 : 0;
      member = (member + spread_stride(count)) % count;
    }
    CHECK(met >= slice / 3 - 3);
    CHECK(met <= slice / 3 + 3);
  }
}
