#pragma once

#include "actors/process_class.hpp"
#include "base/latency_histogram.hpp"

#include <array>
#include <chrono>
#include <cstdint>

namespace lintel::actors {

/// How long letters wait in mailboxes and how long handlers run, per class of actor. One letter in 64 is measured:
/// two looks at the clock each would cost more than many handlers do.
class process_times {
public:
  struct pair {
    base::latency_histogram queue;   ///< from post() to the handler
    base::latency_histogram handler; ///< the handler itself
  };
  pair& of(process_class what) noexcept { return pairs_[static_cast<std::size_t>(what)]; }
  const pair& of(process_class what) const noexcept { return pairs_[static_cast<std::size_t>(what)]; }

  /// The mark of a letter that is posted now: 0, unless it is to be measured.
  static std::uint32_t mark_of_post() noexcept {
    static thread_local std::uint32_t posts = 0;
    return is_sampled(++posts) ? clock_us() : 0;
  }
  /// One in 64, at steps of the golden ratio: a message is a few posts, always to the same classes in the same order,
  /// and a fixed stride would measure one of them and never the others.
  static constexpr bool is_sampled(std::uint32_t post) noexcept {
    return post * 0x9e3779b9U < ~std::uint32_t{0} / sampling;
  }
  static std::chrono::microseconds since(std::uint32_t mark) noexcept {
    return std::chrono::microseconds{clock_us() - mark}; // 32 bits: right for 71 minutes
  }

private:
  static constexpr std::uint32_t sampling = 64;

  static std::uint32_t clock_us() noexcept {
    const auto now = std::chrono::steady_clock::now().time_since_epoch();
    const auto us = static_cast<std::uint32_t>(std::chrono::duration_cast<std::chrono::microseconds>(now).count());
    return us == 0 ? 1 : us;
  }

  std::array<pair, process_class_count> pairs_;
};

/// Measures one letter: its wait so far, and what happens until the end of the scope.
class letter_timing {
public:
  letter_timing(process_times::pair& where, std::uint32_t mark) : where_(where), began_(clock::now()) {
    where_.queue.record(process_times::since(mark));
  }
  ~letter_timing() { where_.handler.record(clock::now() - began_); }
  letter_timing(const letter_timing&) = delete;
  letter_timing& operator=(const letter_timing&) = delete;

private:
  using clock = std::chrono::steady_clock;
  process_times::pair& where_;
  const clock::time_point began_;
};

} // namespace lintel::actors
