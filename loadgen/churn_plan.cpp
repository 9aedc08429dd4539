#include "loadgen/churn_plan.hpp"

namespace lintel::loadgen {

namespace {

// splitmix64: every number of a sequence without the ones before it. https://prng.di.unimi.it/splitmix64.c
std::uint64_t random_of(std::uint64_t index) noexcept {
  std::uint64_t z = index * 0x9e3779b97f4a7c15;
  z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
  z = (z ^ z >> 27) * 0x94d049bb133111eb;
  return z ^ z >> 31;
}

} // namespace

std::string_view name_of(parting how) noexcept {
  static constexpr std::array<std::string_view, parting_count> names{
      "close_frame", "leave", "end_of_stream", "reset", "mid_handshake", "mid_frame", "mid_join", "mid_push"};
  return names[static_cast<std::size_t>(how)];
}

churn_step churn_plan::step(std::uint64_t cycle) const noexcept {
  const auto drawn = random_of(random_of(seed_) + cycle);
  churn_step step{.how = static_cast<parting>(drawn % parting_count),
                  .is_reset = (drawn >> 8 & 1) != 0,
                  .room = static_cast<std::uint32_t>((drawn >> 16) % rooms_)};
  if (step.how == parting::reset)
    step.is_reset = true;
  else if (step.how < parting::mid_handshake)
    step.is_reset = false;
  return step;
}

} // namespace lintel::loadgen
