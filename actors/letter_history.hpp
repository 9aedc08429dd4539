#pragma once

#include "actors/letter.hpp"

#include <atomic>
#include <cstddef>
#include <cstdint>

namespace lintel::actors {

/// The kinds of the last eight letters that a process took, for the report of its crash. A shift register of one byte
/// each: a process must not grow, and a message must not pay. Noted by its process only; any thread may look.
class letter_history {
public:
  static constexpr std::size_t length_max = 8;

  void note(letter_kind kind) noexcept {
    const auto before = kinds_.load(std::memory_order_relaxed);
    kinds_.store(before << 8 | (static_cast<std::uint8_t>(kind) + 1u), std::memory_order_relaxed);
  }

  /// Calls `visit(letter_kind)`, latest first.
  template <class Visit>
  void for_each(Visit&& visit) const {
    for (auto left = kinds_.load(std::memory_order_relaxed); left != 0; left >>= 8)
      visit(static_cast<letter_kind>((left & 0xff) - 1));
  }

private:
  std::atomic<std::uint64_t> kinds_{0}; // a byte of 0: nothing
};
static_assert(sizeof(letter_history) == letter_history::length_max);

} // namespace lintel::actors
