#pragma once

#include "gateway/connection.hpp"

#include <functional>
#include <memory>
#include <span>
#include <string_view>

namespace lintel::gateway {

/// How a worker's output reaches the kernel at the end of a turn. Lives on the worker.
class batch_sender {
public:
  /// `sent`: bytes the kernel took, or -errno. Called once per connection, in any order; may change the connection,
  /// and nothing else that is in the batch.
  using done_function = std::function<void(connection&, ssize_t sent)>;

  virtual ~batch_sender() = default;

  /// Offers each connection's outbox, up to frames_per_send frames of it, to its socket without blocking.
  virtual void send(std::span<connection* const> ready, const done_function& done) = 0;

  /// "uring" or "plain".
  virtual std::string_view name() const noexcept = 0;

  /// More frames than a turn ever gathers for one healthy socket, and well below IOV_MAX.
  static constexpr std::size_t frames_per_send = 64;
};

/// One sendmsg per socket.
std::unique_ptr<batch_sender> make_plain_sender();

/// One io_uring submission for many sockets; nullptr where the kernel has no io_uring for us. Must be made on the
/// thread that sends.
std::unique_ptr<batch_sender> make_uring_sender();

} // namespace lintel::gateway
