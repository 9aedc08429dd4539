#include "actors/connection_actor.hpp"

#include "actors/replies.hpp"
#include "actors/system_desk.hpp"
#include "base/bounded_writer.hpp"
#include "base/ensure.hpp"

#include <caf/actor_storage.hpp>

#include <stdexcept>

namespace lintel::actors {

// malloc hands out 184, 200, 216 ... bytes: with one more, each of a million connections would cost 16.
static_assert(sizeof(caf::actor_storage<connection_actor>) <= 200);

connection_actor::connection_actor(caf::actor_config& config, session& who, const connection_services& services)
    : light_process(config, who.id.worker), session_(&who), services_(services) {}

std::size_t connection_actor::write_name(std::span<char> into) const noexcept {
  return session_ ? write(session_->id, into) : base::bounded_writer{into}.text("a closed connection").size();
}

// One number per use of a slot; a worker's ledger knows its own connections only.
std::uint64_t connection_actor::key() const noexcept {
  return std::uint64_t{session_->id.generation} << 32 | session_->id.slot;
}

void connection_actor::socket_closed() {
  services_.supervisor->forget(key());
  stop(); // as long as it has a name
  session_ = nullptr;
}

// A client that asked for it hears of each restart at once.
void connection_actor::begin_incarnation() {
  if (session_ != nullptr && session_->wants_self)
    services_.port.send(*session_, self_message(session_->wire, self_json(incarnation() + 1)));
}

handled connection_actor::handle(letter_ptr& mail) {
  switch (mail->kind) {
  case letter_kind::inbound_frame: {
    const auto outcome = take(mail);
    if (outcome == handled::done)
      open_window();
    return outcome;
  }
  case letter_kind::client_closes:
    services_.port.answer_close(*session_, static_cast<client_closes&>(*mail).code);
    return handled::done;
  default: pool().count(counter::unhandled); return handled::done;
  }
}

handled connection_actor::take(letter_ptr& mail) {
  auto& request = static_cast<client_request&>(*mail);
  const auto& message = request.message->view();
  const auto decided = decide(*session_, message, services_.spaces, services_.limits);
  switch (decided.what) {
  case step::answer_heartbeat: answer_heartbeat(message); break;
  case step::answer_leave: reply(message, "ok"); break;
  case step::join: join(mail, nullptr); break;
  case step::rejoin: join(mail, decided.at); break;
  case step::leave: leave(*decided.at, request); break;
  case step::push: push(mail, *decided.at); break;
  case step::join_self:
  case step::leave_self:
  case step::whoami:
  case step::kill_self: answer_self(decided.what, message); break;
  case step::wait: return handled::not_now;
  case step::ignore: break;
  case step::refuse: reply(message, "error", decided.reason); break;
  case step::refuse_unmatched: reply_unmatched(message); break;
  }
  return handled::done;
}

void connection_actor::answer_heartbeat(protocol::message_view message) {
  message.join_ref = {}; // a heartbeat belongs to the socket, whatever the client says (lib/phoenix/socket.ex)
  reply(message, "ok");
}

// The letter is ours until its receiver has it: should anything throw here, the client gets an answer all the same.
void connection_actor::join(letter_ptr& mail, channel* rejoined) {
  auto& request = static_cast<client_request&>(*mail);
  const auto registry = services_.book.registry();
  if (rejoined != nullptr) {
    rejoined->request = request.message;
    rejoined->at = channel::phase::rejoining;
  } else {
    const auto& message = request.message->view();
    auto& added = session_->channels.emplace_back();
    added.request = request.message;
    added.join_ref = inline_ref{message.join_ref.is_null() ? message.ref : message.join_ref};
  }
  request.kind = letter_kind::room_join;
  introduce(request);
  request.is_member_already = rejoined != nullptr;
  if (auto back = registry->post(std::move(mail)))
    services_.book.courier(session_->id.worker)
        .post(std::make_unique<join_settled>(static_cast<client_request&>(*back), nullptr, "unavailable"));
}

// What a room may want to know of whoever asks.
void connection_actor::introduce(client_request& request) const {
  request.may = session_->may;
  if (session_->has_identity)
    request.who = services_.port.identity_of(*session_);
}

void connection_actor::leave(channel& from, const client_request& request) {
  from.at = channel::phase::leaving;
  auto letter = std::make_unique<room_leave>(session_->id, from.leg, request.message);
  if (auto back = from.leg->room->post(std::move(letter)))
    services_.book.courier(session_->id.worker).post(std::make_unique<leave_settled>(static_cast<room_leave&>(*back)));
}

void connection_actor::push(letter_ptr& mail, channel& to) {
  auto& request = static_cast<client_request&>(*mail);
  if (services_.limits.takes_chaos_events && request.message->view().event == "chaos:crash") {
    note_strike("chaos_crash");
    throw std::runtime_error{"crash asked for by the client"};
  }
  auto& room = *to.leg->room;
  if (room.mailbox_length() >= services_.limits.room_mailbox_max) {
    reply(request.message->view(), "error", "overloaded");
    return;
  }
  request.kind = letter_kind::room_push;
  request.hears_offsets = to.hears_offsets;
  introduce(request);
  if (auto back = room.post(std::move(mail)))
    reply(static_cast<client_request&>(*back).message->view(), "error", "unavailable");
}

// The order of a kill waits in the mailbox behind what the client has said before, as any operator's.
void connection_actor::answer_self(step what, const protocol::message_view& request) {
  if (what == step::join_self || what == step::leave_self)
    session_->wants_self = what == step::join_self;
  if (what == step::kill_self) {
    note_strike("kill_me");
    post(std::make_unique<control_letter>(control_letter::order::kill));
  }
  if (!request.ref.is_null())
    services_.port.send(*session_, json_reply(session_->wire, request, self_json(incarnation())));
}

void connection_actor::note_strike(std::string_view action) const {
  if (auto* desk = services_.book.desk())
    desk->struck(action, to_string(session_->id), session_->id);
}

std::string connection_actor::self_json(std::uint32_t incarnation) const {
  return R"({"id":")" + to_string(session_->id) + R"(","incarnation":)" + std::to_string(incarnation) + '}';
}

void connection_actor::reply(const protocol::message_view& request, std::string_view status, std::string_view reason) {
  if (request.ref.is_null())
    return; // nobody waits for an answer
  services_.port.send(*session_, status == "ok" ? ok_reply(session_->wire, request)
                                                : error_reply(session_->wire, request, reason));
}

void connection_actor::reply_unmatched(const protocol::message_view& request) {
  if (!request.ref.is_null())
    services_.port.send(*session_, unmatched_reply(session_->wire, request));
}

// Half a window below the mark, so that reading does not stop and start with every message. The session may be over:
// an answer that does not fit into the outbox ends it.
void connection_actor::open_window() {
  if (session_ != nullptr && session_->is_reading_paused && mailbox_length() <= services_.limits.inbound_window / 2)
    services_.port.resume_reading(*session_);
}

void connection_actor::refuse(letter& mail) noexcept {
  if (session_ == nullptr)
    return;
  if (mail.kind == letter_kind::client_closes)
    services_.port.answer_close(*session_, static_cast<client_closes&>(mail).code);
  if (mail.kind != letter_kind::inbound_frame)
    return;
  reply(static_cast<client_request&>(mail).message->view(), "error", "crashed");
  open_window();
}

supervisors::verdict connection_actor::failed(const exit_report& report) {
  if (session_ == nullptr)
    return {supervisors::verdict::action::give_up}; // it was about to end anyway
  return services_.supervisor->judge(key(), report.how);
}

std::chrono::nanoseconds connection_actor::wait_for_turn() {
  return session_ == nullptr ? std::chrono::nanoseconds::zero()
                             : services_.supervisor->pacer().wait(worker::current()->turn_time());
}

void connection_actor::ended(const caf::error&) noexcept {
  if (session_ != nullptr) // past its budget, or ended by an exit signal: this one socket goes, no other
    services_.port.close(*session_, protocol::close_reason::actor_gave_up);
}

} // namespace lintel::actors
