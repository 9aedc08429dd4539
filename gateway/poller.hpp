#pragma once

#include <sys/epoll.h>

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <span>

namespace lintel::gateway {

/// What an event is about. Never a pointer: an event may outlive the connection it was meant for.
struct poll_key {
  std::uint32_t slot = 0;
  std::uint32_t generation = 0;

  std::uint64_t packed() const noexcept { return std::uint64_t{generation} << 32 | slot; }
  static poll_key unpack(std::uint64_t bits) noexcept {
    return {static_cast<std::uint32_t>(bits), static_cast<std::uint32_t>(bits >> 32)};
  }
};
/// Generations of connections stay below this one.
inline constexpr std::uint32_t listener_generation = 0xffff'fffe;

/// The epoll of one worker, level-triggered, and the eventfd that ends its wait from other threads.
/// Throws std::system_error when the kernel refuses something it must not refuse.
class poller {
public:
  using clock = std::chrono::steady_clock;
  static constexpr std::size_t events_per_wait = 256;

  poller();
  ~poller();
  poller(const poller&) = delete;
  poller& operator=(const poller&) = delete;

  /// False: the kernel has no room for another watch (fs.epoll.max_user_watches, memory).
  [[nodiscard]] bool add(int fd, std::uint32_t events, poll_key key);
  void modify(int fd, std::uint32_t events, poll_key key);
  void remove(int fd) noexcept;

  /// Waits as actors::reactor::poll says. The result is valid until the next call; wake-ups are not in it.
  std::span<const epoll_event> wait(std::optional<clock::time_point> until);

  /// Any thread.
  void wake() noexcept;

private:
  int epoll_ = -1;
  int wake_ = -1;
  std::array<epoll_event, events_per_wait> events_;
};

} // namespace lintel::gateway
