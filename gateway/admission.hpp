#pragma once

#include <atomic>
#include <cstddef>

namespace lintel::gateway {

/// How many sockets the whole server holds. One shared counter: touched when a socket comes and when it goes, and
/// nowhere else.
class admission {
public:
  explicit admission(std::size_t connections_max) noexcept : connections_max_(connections_max) {}

  /// False: full.
  [[nodiscard]] bool enter() noexcept {
    if (inside_.fetch_add(1, std::memory_order_relaxed) < connections_max_)
      return true;
    leave();
    return false;
  }
  void leave() noexcept { inside_.fetch_sub(1, std::memory_order_relaxed); }

private:
  const std::size_t connections_max_;
  std::atomic<std::size_t> inside_{0};
};

} // namespace lintel::gateway
