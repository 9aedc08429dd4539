#pragma once

#include "loadgen/client_socket.hpp"
#include "loadgen/envelope.hpp"
#include "protocol/encoded_frame.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace lintel::loadgen {

/// Told what happens on a socket, by its number. Called while that socket reads; may send on it.
class phoenix_observer {
public:
  virtual ~phoenix_observer() = default;
  /// The upgrade is done: messages may be sent.
  virtual void opened(std::uint32_t socket) = 0;
  /// Heartbeats' answers are not passed on.
  virtual void heard(std::uint32_t socket, const envelope& message) = 0;
  /// The connection ended, and not because we wanted it; or it never began.
  virtual void lost(std::uint32_t socket, std::string_view why) = 0;
};

/// What all sockets of a thread share.
struct phoenix_context {
  const endpoint& target;
  const source_addresses& sources;
  phoenix_observer& observer;
  std::string request;     ///< of the upgrade
  std::vector<char> input; ///< one receive buffer for all
  std::string text{};      ///< scratch: a message before it is framed
  std::string frame{};     ///< scratch

  static constexpr std::size_t input_bytes = 256 * 1024;
};

/// A message of ours, V2. `payload` is a JSON object.
struct phoenix_message {
  std::uint32_t join_ref = 0;
  std::uint32_t ref = 0;
  std::string_view topic;
  std::string_view event;
  std::string_view payload;
};

/// One WebSocket and the Phoenix messages on it. Knows nothing of channels: its owner does.
///
///   closed ─open─▶ connecting ─▶ upgrading ─101─▶ open ─failure, close or reset─▶ closed
class phoenix_socket {
public:
  enum class phase : std::uint8_t { closed, connecting, upgrading, open };

  /// Starts to connect; the socket must be closed.
  void open(std::uint32_t number, phoenix_context& context);

  /// The socket reported epoll `events`; edge-triggered.
  void ready(std::uint32_t events, phoenix_context& context);

  /// Nothing happens where the socket is not open: its end has been told, or was wanted.
  void send(const phoenix_message& message, phoenix_context& context);
  void heartbeat(phoenix_context& context);

  /// Ends with a TCP reset, without a word; nobody is told.
  void reset() noexcept;

  phase where() const noexcept { return phase_; }
  bool is_opening() const noexcept { return phase_ == phase::connecting || phase_ == phase::upgrading; }
  int fd() const noexcept { return socket_.fd(); }

private:
  void read_all(bool is_hung_up, phoenix_context& context);
  bool take_upgrade(std::string_view& input, phoenix_context& context);
  void take_frames(std::string_view& input, phoenix_context& context);
  void take_message(std::string_view text, phoenix_context& context);
  void send_frame(protocol::opcode code, std::string_view payload, phoenix_context& context);
  void fail(std::string_view why, phoenix_context& context);

  client_socket socket_;
  std::uint32_t number_ = 0;
  phase phase_ = phase::closed;
  std::string unread_; ///< an incomplete frame or response head
};

} // namespace lintel::loadgen
