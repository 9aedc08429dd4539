#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>

namespace lintel::base {

/// A token bucket, kept as one time: when it will be full again. In any stretch of time at most burst + rate * time
/// tokens are due. A decision is a few additions. Not thread-safe; `now` must not go backwards.
class token_bucket {
public:
  using time_point = std::chrono::steady_clock::time_point;

  /// Both at least 1.
  token_bucket(std::uint32_t per_second, std::uint32_t burst)
      : between_(std::chrono::nanoseconds{std::chrono::seconds{1}} / per_second),
        burst_length_(between_ * (burst - 1)) {}

  /// When the next token is due: `now`, or later.
  time_point next(time_point now) const { return std::max(now, full_at_ - burst_length_); }
  /// Takes it, due or not.
  void take(time_point now) { full_at_ = std::max(full_at_, now) + between_; }

  std::chrono::nanoseconds between() const { return between_; }

private:
  std::chrono::nanoseconds between_;
  std::chrono::nanoseconds burst_length_; ///< of the tokens that may be taken at once, but for one
  time_point full_at_{};
};

} // namespace lintel::base
