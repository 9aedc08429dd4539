#pragma once

#include "actors/client_identity.hpp"
#include "actors/connection_id.hpp"
#include "actors/letter.hpp"
#include "actors/presence_news.hpp"
#include "actors/role.hpp"
#include "actors/room_leg.hpp"
#include "history/durable_log.hpp"
#include "protocol/broadcast.hpp"
#include "protocol/message.hpp"

#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace lintel::actors {

/// A client's message on its way: socket → connection (inbound_frame), then connection → registry → room
/// (room_join) or connection → room (room_push). One node for the whole way.
/// Answered by join_settled, or by room_delivery or request_settled.
struct client_request : letter {
  client_request(connection_id whose, protocol::message_ptr what);
  ~client_request() override;
  /// Of all servers of this process: requests that wait or are being handled. Any thread.
  static std::uint64_t in_flight() noexcept;

  const connection_id from;
  const protocol::message_ptr message;
  bool is_member_already = false; ///< room_join: a join of a topic that is joined
  bool hears_offsets = false;     ///< room_push: its channel does
  role may = role::none;          ///< for rooms
  client_identity_ptr who;        ///< for rooms; null: it said nothing about itself
};

/// socket → connection: the client said goodbye; behind everything it said before. Answered by the close of the socket.
struct client_closes : letter {
  explicit client_closes(std::uint16_t with_code) noexcept : letter(letter_kind::client_closes), code(with_code) {}
  const std::uint16_t code; ///< to be echoed; 0: none was sent
};

/// connection → room: one member fewer. Answered by leave_settled if `request` is set; a lost socket asks nothing.
struct room_leave : letter {
  room_leave(connection_id whose, room_leg_ptr from_leg, protocol::message_ptr what)
      : letter(letter_kind::room_leave), from(whose), leg(std::move(from_leg)), request(std::move(what)) {}

  const connection_id from;
  const room_leg_ptr leg;
  const protocol::message_ptr request;
};

/// room → registry: nobody is left after `visits_seen` joins and room_requests. Answered by retire unless another is on
/// its way.
struct retire_request : letter {
  retire_request(process_ptr<light_process> who, std::string of_topic, std::uint64_t visits)
      : letter(letter_kind::retire_request), room(std::move(who)), topic(std::move(of_topic)), visits_seen(visits) {}

  static constexpr std::uint64_t already_ended = ~std::uint64_t{0};
  const process_ptr<light_process> room;
  const std::string topic;
  const std::uint64_t visits_seen;
};

/// registry → room: nobody can reach you any more; end.
struct retire : letter {
  retire() noexcept : letter(letter_kind::retire) {}
};

/// room → courier: a broadcast for the members on your worker, and the answer to the sender if it is one of yours.
struct room_delivery : letter {
  room_delivery(room_leg_ptr to_leg, protocol::broadcast_ptr what)
      : letter(letter_kind::room_delivery), leg(std::move(to_leg)), broadcast(std::move(what)) {}

  enum class loss : std::uint8_t {
    never,     ///< who cannot take it is closed
    when_full, ///< who cannot take it misses it
    early,     ///< even half full: it is not worth much
  };

  const room_leg_ptr leg;
  const protocol::broadcast_ptr broadcast;
  loss allowed = loss::never;
  connection_id answer_to;
  protocol::message_ptr answered; ///< null: nobody here waits for an answer
  std::string response;           ///< to that: an object in JSON; empty: {}
  bool is_presence = false;       ///< not for members who may not see that
};

/// room → courier: the answer to a room_join. No leg: refused, with `reason`.
struct join_settled : letter {
  join_settled(const client_request& join, room_leg_ptr admitted_to, std::string_view why_not = {})
      : letter(letter_kind::join_settled), to(join.from), request(join.message), is_rejoin(join.is_member_already),
        leg(std::move(admitted_to)), reason(why_not) {}

  const connection_id to;
  const protocol::message_ptr request;
  const bool is_rejoin;
  const room_leg_ptr leg;
  const std::string_view reason; ///< a literal
  std::string response;          ///< an object in JSON; empty: {}
  std::string response_if_full;  ///< the same, when `missed` does not fit into the outbox
  bool hears_offsets = false;
  std::uint64_t newest_offset = room_leg::no_offset; ///< what the room's history has become visible to
  std::vector<history::entry> missed;                ///< to be told before anything else
  std::vector<presence_news> present;                ///< to be told behind that
  bool sees_presence = true;
};

/// room → courier: the answer to a room_leave that was a request.
struct leave_settled : letter {
  explicit leave_settled(const room_leave& leave)
      : letter(letter_kind::leave_settled), to(leave.from), leg(leave.leg), request(leave.request) {}

  const connection_id to;
  const room_leg_ptr leg;
  const protocol::message_ptr request;
};

/// room → courier: the answer to a push that broadcasts nothing.
struct request_settled : letter {
  /// An error; without `reason`, ok with the request's own payload as response (ping).
  request_settled(const client_request& push, std::string_view error)
      : letter(letter_kind::request_settled), to(push.from), request(push.message), reason(error) {}
  /// system_desk → courier: `json` is an object.
  request_settled(connection_id asker, protocol::message_ptr what, bool is_good, std::string json)
      : letter(letter_kind::request_settled), to(asker), request(std::move(what)), is_ok(is_good),
        response(std::move(json)) {}

  const connection_id to;
  const protocol::message_ptr request;
  const std::string_view reason; ///< a literal
  const bool is_ok = reason.empty();
  const std::string response; ///< empty: see above
};

/// What a room made of a room_request. `json` is an object.
struct room_answer {
  std::string error; ///< empty: it was done. Else a reason as clients read it: "unavailable", "storage_unavailable"
  std::string json = "{}";
};

/// Somebody who is no member → registry → room: HTTP, `ctl`. The room is started if there is none.
///
/// | what | message | json of the answer |
/// |---|---|---|
/// | publish | event and payload, which may hold `idem` | `offset` and `epoch` where history is kept, `duplicate` |
/// | history | payload: `after`, `before`, `limit` | `epoch`, `offset`, `messages`: `offset`, `at`, `event`, `payload`
/// | | presence | - | `presence`: as presence_state, `count` | | reset | - | `epoch` |
struct room_request : letter {
  enum class order : std::uint8_t { publish, history, presence, reset };
  room_request(order which, protocol::message_ptr about, std::function<void(room_answer)> then)
      : letter(letter_kind::room_request), what(which), message(std::move(about)), done_(std::move(then)) {}
  ~room_request() override { settle({.error = "unavailable"}); }
  /// Once; later answers are not told. On any thread: what is called must not wait.
  void settle(room_answer answer) const {
    if (auto done = std::exchange(done_, nullptr))
      done(std::move(answer));
  }

  const order what;
  const protocol::message_ptr message; ///< its topic is the room's

private:
  mutable std::function<void(room_answer)> done_;
};

/// log → room: what became of the room's messages up to, or from, `offset`.
struct log_news : letter {
  log_news(std::uint32_t of_term, std::uint64_t at, history::log_error what)
      : letter(letter_kind::log_news), term(of_term), offset(at), error(what) {}
  const std::uint32_t term;
  const std::uint64_t offset;
  const history::log_error error; ///< none: up to `offset` everything is stored
};

/// log → room: what was read for `request`, a room_push or a room_request.
struct history_page : letter {
  history_page(std::shared_ptr<letter_ptr> for_whom, history::read_entries what)
      : letter(letter_kind::history_page), request(std::move(*for_whom)), read(std::move(what)) {}
  letter_ptr request;
  history::read_entries read;
};

/// room → courier: the topic begins again; those who hear offsets are told.
struct stream_reset : letter {
  stream_reset(room_leg_ptr where, std::string with_epoch)
      : letter(letter_kind::stream_reset), leg(std::move(where)), epoch(std::move(with_epoch)) {}
  const room_leg_ptr leg;
  const std::string epoch;
};

/// worker → courier: this connection's session has another socket now.
struct session_moved : letter {
  explicit session_moved(connection_id whose) : letter(letter_kind::session_moved), from(whose) {}
  const connection_id from;
};

/// system_desk → system room: to be published.
struct system_news : letter {
  explicit system_news(protocol::message_ptr what) : letter(letter_kind::system_news), message(std::move(what)) {}
  const protocol::message_ptr message;
};

/// room → courier: the room is beyond repair; its members on your worker get phx_error.
struct room_gone : letter {
  explicit room_gone(room_leg_ptr what) : letter(letter_kind::room_gone), leg(std::move(what)) {}
  const room_leg_ptr leg;
};

/// admin → courier: run this on your worker, where its tables may be read.
struct worker_call : letter {
  explicit worker_call(std::function<void()> what) : letter(letter_kind::worker_call), run(std::move(what)) {}
  const std::function<void()> run;
};

} // namespace lintel::actors
