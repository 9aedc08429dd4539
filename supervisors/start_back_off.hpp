#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <random>

namespace lintel::supervisors {

/// How long to wait before a child whose start failed `failed_starts` times in a row is tried
/// again: 0, 10, 20, 40, ... 1000 ms. OTP tries at once and burns its limit in microseconds on a
/// port that is free a moment later. The first retry is immediate: a name still held by a dying
/// child is free by then. 1 s at most: the limit of restarts decides when to give up.
constexpr std::chrono::milliseconds start_back_off(std::uint32_t failed_starts) {
  if (failed_starts <= 1)
    return std::chrono::milliseconds{0};
  constexpr std::uint32_t doublings_max = 7;   // 10 ms << 7 is more than the longest wait
  const auto doublings = std::min(failed_starts - 2, doublings_max);
  const auto wait = std::chrono::milliseconds{10} * (1U << doublings);
  return std::min(wait, std::chrono::milliseconds{1'000});
}

/// The same, up to a fifth shorter, so that children that wait for one thing do not all try at once.
/// Shorter, never longer: the bounds above hold.
template <class Generator>
std::chrono::milliseconds jittered_start_back_off(std::uint32_t failed_starts, Generator& dice) {
  const auto wait = start_back_off(failed_starts);
  auto less = std::uniform_int_distribution<std::int64_t>{0, wait.count() / 5};
  return wait - std::chrono::milliseconds{less(dice)};
}

} // namespace lintel::supervisors
