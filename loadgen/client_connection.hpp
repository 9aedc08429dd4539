#pragma once

#include "loadgen/client_socket.hpp"
#include "loadgen/clock.hpp"
#include "loadgen/envelope.hpp"
#include "loadgen/message_stamp.hpp"
#include "loadgen/surprises.hpp"
#include "protocol/encoded_frame.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace lintel::loadgen {

/// A push on its way: what to know when its reply comes.
struct pending_push {
  std::uint32_t ref = 0;
  std::uint32_t sequence = 0;
  time_point intended;
};

/// Told what happens on a connection, by its local number. Called while that connection reads; may
/// push.
class client_observer {
public:
  virtual ~client_observer() = default;
  virtual void joined(std::uint32_t member, nanoseconds took) = 0;
  /// Before the join was answered ok; the connection is closed.
  virtual void failed_to_join(std::uint32_t member, std::string_view why) = 0;
  virtual void delivered(std::uint32_t member, const message_stamp& stamp, time_point now) = 0;
  virtual void answered(std::uint32_t member, const pending_push& push, reply_status status,
                        time_point now) = 0;
  /// A joined connection ended, and not because we wanted it. 1006: without a close frame.
  virtual void closed(std::uint32_t member, std::uint16_t code) = 0;
  virtual void surprised(surprise kind, std::string_view example) = 0;
  /// Only where there is a hall: the member is in it; it received a message there.
  virtual void entered_hall(std::uint32_t) {}
  virtual void heard_in_hall(std::uint32_t, const message_stamp&, time_point) {}
};

/// What all connections of a thread share.
struct client_context {
  const endpoint& target;
  const source_addresses& sources;
  client_observer& observer;
  std::string request;             ///< of the upgrade
  std::vector<std::string> topics; ///< by room
  std::string event;               ///< of our messages
  std::string hall;                ///< topic of the room everybody can enter beside its own; may be empty
  std::vector<char> input;         ///< one receive buffer for all
  std::string text;                ///< scratch: a message before it is framed
  std::string frame;               ///< scratch: the frame
  std::uint64_t heartbeats_answered = 0;

  static constexpr std::size_t input_bytes = 256 * 1024;
};

/// One Phoenix client.
///
///   unopened ─open─▶ connecting ─▶ upgrading ─101─▶ joining ─ok─▶ joined ─leave─▶ leaving ─▶ ended
///                        │             │               │            │                          ▲
///                        └─────────────┴───────────────┴────────────┴──── failure or close ────┘
class client_connection {
public:
  enum class phase : std::uint8_t {
    unopened,
    connecting,
    upgrading,
    joining,
    joined,
    leaving,
    ended
  };

  /// `number` counts over all threads, `member` within this one.
  void open(std::uint32_t member, std::uint32_t number, std::uint32_t room,
            client_context& context);

  /// The socket reported epoll `events`.
  void ready(std::uint32_t events, client_context& context);

  /// Sends `payload` as our event; its reply is reported with `push`, whose ref is filled in here.
  void push(pending_push push, std::string_view event, std::string_view payload,
            client_context& context);

  void heartbeat(client_context& context);

  /// Joins the hall, once; and pushes to it, one message at a time.
  void enter_hall(client_context& context);
  void push_to_hall(std::string_view payload, client_context& context);

  /// Starts the closing handshake.
  void leave(client_context& context);
  /// Gives up on a connection that is not joined in time, or does not finish the closing handshake.
  void abandon(std::string_view why, client_context& context);

  phase where() const noexcept { return phase_; }
  bool is_opening() const noexcept {
    return phase_ == phase::connecting || phase_ == phase::upgrading || phase_ == phase::joining;
  }
  const client_socket& socket() const noexcept { return socket_; }

private:
  void read_all(bool is_hung_up, client_context& context);
  bool take_upgrade(std::string_view& input, client_context& context);
  void take_frames(std::string_view& input, client_context& context);
  void take_message(std::string_view text, client_context& context);
  void take_delivery(const envelope& found, std::string_view text, client_context& context);
  void take_reply(const envelope& found, std::string_view text, client_context& context);
  void take_push_reply(std::uint32_t ref, reply_status status, std::string_view text,
                       client_context& context);
  void take_join_reply(reply_status status, std::string_view text, client_context& context);
  void take_hall_reply(reply_status status, std::string_view text, client_context& context);
  void send_message(client_context& context);
  void send_frame(protocol::opcode code, std::string_view payload, client_context& context);
  void end(std::uint16_t code, std::string_view why, client_context& context);

  client_socket socket_;
  std::uint32_t member_ = 0;
  std::uint32_t number_ = 0;
  std::uint32_t room_ = 0;
  std::uint32_t next_ref_ = 2;      ///< 1 is the join
  std::uint32_t heartbeat_ref_ = 0; ///< of the unanswered one; 0: none
  std::uint32_t hall_join_ref_ = 0; ///< 0: never asked
  std::uint32_t hall_ref_ = 0;      ///< of the unanswered join or push there; 0: none
  phase phase_ = phase::unopened;
  bool is_in_hall_ = false;
  time_point opened_;
  std::string unread_; ///< an incomplete frame or response head
  std::vector<pending_push> pending_;
};

} // namespace lintel::loadgen
