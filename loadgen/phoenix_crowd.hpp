#pragma once

#include "loadgen/clock.hpp"
#include "loadgen/phoenix_socket.hpp"

#include <cstdint>
#include <vector>

namespace lintel::loadgen {

/// Many Phoenix sockets in one epoll, on this thread. They come, are lost and come again.
class phoenix_crowd {
public:
  /// `context` must outlive it. Throws cannot_run when one descriptor table does not hold so many.
  phoenix_crowd(std::uint32_t count, phoenix_context& context);
  ~phoenix_crowd();
  phoenix_crowd(const phoenix_crowd&) = delete;
  phoenix_crowd& operator=(const phoenix_crowd&) = delete;

  /// From now on all connect, with at most `opening_max` handshakes under way; all must be closed.
  void come(std::uint32_t opening_max);

  /// Serves what is ready, and waits up to `limit` if nothing is.
  void turn(nanoseconds limit);

  /// Resets all connections; nobody is told.
  void reset_all() noexcept;

  void send(std::uint32_t socket, const phoenix_message& message) { sockets_[socket].send(message, context_); }
  std::uint32_t size() const noexcept { return static_cast<std::uint32_t>(sockets_.size()); }

private:
  void open_some();
  void heartbeat(time_point now);

  phoenix_context& context_;
  std::vector<phoenix_socket> sockets_;
  int epoll_fd_ = -1;
  std::uint32_t opening_max_ = 0;
  std::uint32_t opened_count_ = 0;  ///< of those who come: connect() was called
  std::uint32_t opening_count_ = 0; ///< of these: the handshake is under way
  time_point heartbeats_started_;
  std::uint64_t heartbeats_sent_ = 0;
};

} // namespace lintel::loadgen
