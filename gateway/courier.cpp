#include "gateway/courier.hpp"

#include "actors/replies.hpp"
#include "protocol/encoder.hpp"
#include "protocol/offset_ref.hpp"

namespace lintel::gateway {

using namespace actors;
using protocol::close_reason;
using protocol::message_view;
using protocol::offset_style;

namespace {

constexpr std::size_t reply_bytes_max = 4096; // of the answers that stand in front of a replay

} // namespace

courier::courier(caf::actor_config& config, std::uint16_t worker, socket_worker& sockets)
    : light_process(config, worker), sockets_(sockets) {}

handled courier::handle(letter_ptr& mail) {
  switch (mail->kind) {
  case letter_kind::room_delivery: deliver(static_cast<room_delivery&>(*mail)); break;
  case letter_kind::join_settled: settle(static_cast<join_settled&>(*mail)); break;
  case letter_kind::leave_settled: settle(static_cast<leave_settled&>(*mail)); break;
  case letter_kind::request_settled: settle(static_cast<request_settled&>(*mail)); break;
  case letter_kind::stream_reset: tell_reset(static_cast<stream_reset&>(*mail)); break;
  case letter_kind::session_moved:
    if (auto* c = open_connection(static_cast<session_moved&>(*mail).from)) {
      worker::current()->counters().add(counter::sessions_taken_over);
      sockets_.begin_closing(*c, close_reason::kicked);
    }
    break;
  case letter_kind::room_gone: report_gone(static_cast<room_gone&>(*mail)); break;
  case letter_kind::worker_call: static_cast<worker_call&>(*mail).run(); break;
  default: pool().count(counter::unhandled);
  }
  return handled::done;
}

// Handling it failed half-way. A client that is told nothing would wait for ever; one that is closed comes back.
void courier::refuse(letter& mail) noexcept {
  const auto close = [this](const connection_id& id) {
    if (auto* c = open_connection(id))
      sockets_.begin_closing(*c, close_reason::actor_gave_up);
  };
  switch (mail.kind) {
  case letter_kind::join_settled: close(static_cast<join_settled&>(mail).to); break;
  case letter_kind::leave_settled: close(static_cast<leave_settled&>(mail).to); break;
  case letter_kind::request_settled: close(static_cast<request_settled&>(mail).to); break;
  case letter_kind::room_delivery: {
    const auto members = static_cast<room_delivery&>(mail).leg->members; // a copy: closing changes the list
    for (const auto& member : members)
      sockets_.begin_closing(sockets_.table().at(member.slot), close_reason::actor_gave_up);
    break;
  }
  default: break;
  }
}

connection* courier::open_connection(const connection_id& id) {
  auto* c = sockets_.table().find(id);
  return c != nullptr && c->at == connection::phase::open ? c : nullptr;
}

// The members share one frame per wire format; each gets a pointer.
void courier::deliver(const room_delivery& post) {
  auto& table = sockets_.table();
  if (const auto offset = post.broadcast->offset(); offset != 0)
    post.leg->newest_offset = offset;
  std::uint64_t reached = 0;
  too_slow_.clear(); // a crash may have left some, and their slots are others' by now
  for (const auto& member : post.leg->members) {
    if (post.is_presence && member.sees_presence == 0)
      continue;
    auto& c = table.at(member.slot);
    const auto style = member.hears_offsets != 0 ? offset_style::offsets : offset_style::plain;
    const auto status = sockets_.enqueue(c, post.broadcast->frame(c.session.wire, style), post.allowed);
    if (status == enqueue_status::must_close)
      too_slow_.push_back(member.slot);
    reached += status == enqueue_status::queued ? 1 : 0;
  }
  worker::current()->counters().add(counter::deliveries, reached);
  for (const auto slot : too_slow_) // closing changes the member list
    sockets_.begin_closing(table.at(slot), close_reason::slow_consumer);
  if (!post.answered)
    return;
  if (auto* c = open_connection(post.answer_to))
    sockets_.send(c->session, ok_reply(c->session.wire, post.answered->view(), post.response));
}

void courier::settle(const join_settled& answer) {
  auto* c = open_connection(answer.to);
  if (c == nullptr) {
    take_back(answer);
    return;
  }
  auto* ch = c->session.find(answer.request->view().topic);
  if (ch != nullptr && ch->request != answer.request)
    ch = nullptr; // its room went down meanwhile, and this channel is the work of a later join
  const bool is_known = ch != nullptr && (!answer.is_rejoin || ch->leg == answer.leg);
  if (answer.leg && is_known)
    admit(*c, *ch, answer);
  else
    turn_away(*c, ch, answer);
  go_on(*c);
}

// From this line on the member hears the room, and its reply is in front of everything it will hear.
void courier::admit(connection& c, channel& ch, const join_settled& answer) {
  auto request = answer.request->view();
  if (request.join_ref.is_null())
    request.join_ref = request.ref;
  auto old_join_ref = std::exchange(ch.join_ref, inline_ref{request.join_ref});
  ch.request.reset();
  ch.at = channel::phase::joined;
  if (!answer.is_rejoin)
    sockets_.membership().admit(c, ch, answer.leg);
  if (answer.newest_offset != room_leg::no_offset)
    answer.leg->newest_offset = answer.newest_offset; // what was posted before has been delivered
  sockets_.membership().set_hearing(ch, {.offsets = answer.hears_offsets, .presence = answer.sees_presence});
  const auto id = answer.to;
  const auto missed = replay_of(c, request, answer.missed);
  const bool has_room = missed.empty() || sockets_.make_room_for(c, missed.size() + reply_bytes_max);
  sockets_.send(c.session, ok_reply(c.session.wire, request, has_room ? answer.response : answer.response_if_full));
  if (answer.is_rejoin)
    close_replaced(c, old_join_ref, request.topic);
  if (auto* still = missed.empty() || !has_room ? nullptr : open_connection(id)) {
    worker::current()->counters().add(counter::replayed, answer.missed.size());
    sockets_.send(still->session, protocol::encoded_frame::of_bytes(missed));
  }
  for (const auto& news : answer.present)
    if (auto* still = open_connection(id))
      sockets_.send(still->session,
                    protocol::encode_message(still->session.wire, {.join_ref = request.join_ref,
                                                                   .topic = request.topic,
                                                                   .event = news.event,
                                                                   .payload = {.bytes = news.payload}}));
}

// Each with the new join_ref, so that a client that joins again meanwhile does not take them for the later join's. One
// buffer for all: an outbox counts frames.
std::string courier::replay_of(const connection& c, const message_view& join,
                               const std::vector<history::entry>& missed) {
  std::string frames;
  for (const auto& one : missed) {
    const auto& said = one.message->view();
    const protocol::offset_ref ref{one.offset};
    protocol::append_message(frames, c.session.wire, {join.join_ref, ref.view(), said.topic, said.event, said.payload});
  }
  return frames;
}

void courier::tell_reset(const stream_reset& news) {
  news.leg->newest_offset = 0;
  const auto payload = R"({"epoch":")" + news.epoch + R"(","offset":0})";
  const auto members = news.leg->members; // a copy: a client that is too slow for this is closed
  for (const auto& member : members) {
    auto& c = sockets_.table().at(member.slot);
    const auto* ch = member.hears_offsets != 0 ? c.session.find(*news.leg) : nullptr;
    if (ch != nullptr)
      sockets_.send(c.session, protocol::encode_message(c.session.wire, {.join_ref = ch->join_ref.view(),
                                                                         .topic = news.leg->topic,
                                                                         .event = "stream_reset",
                                                                         .payload = {.bytes = payload}}));
  }
}

// The room counts a member that was not admitted here.
void courier::take_back(const join_settled& answer) {
  if (answer.leg && !answer.is_rejoin)
    answer.leg->room->post(std::make_unique<room_leave>(answer.to, answer.leg, nullptr));
}

void courier::turn_away(connection& c, channel* ch, const join_settled& answer) {
  take_back(answer);
  auto request = answer.request->view();
  if (request.join_ref.is_null())
    request.join_ref = request.ref;
  inline_ref old_join_ref;
  if (ch != nullptr) {
    old_join_ref = std::move(ch->join_ref);
    if (ch->is_member()) // a rejoin that failed: the old membership ends with it
      ch->leg->room->post(std::make_unique<room_leave>(answer.to, ch->leg, nullptr));
    sockets_.membership().dismiss(c, *ch);
  }
  sockets_.send(c.session, error_reply(c.session.wire, request, answer.leg ? "room closed" : answer.reason));
  if (ch != nullptr && answer.is_rejoin)
    close_replaced(c, old_join_ref, request.topic);
}

// A V1 client knows no join_ref: it would take this for the end of the channel it has just joined.
void courier::close_replaced(connection& c, const inline_ref& old_join_ref, std::string_view topic) {
  if (c.session.wire != protocol::wire_format::json_v1)
    sockets_.send(c.session, lifecycle_message(c.session.wire, old_join_ref.view(), topic, "phx_close", "{}"));
}

void courier::settle(const leave_settled& answer) {
  auto* c = open_connection(answer.to);
  if (c == nullptr)
    return;
  const auto& request = answer.request->view();
  auto* ch = c->session.find(*answer.leg);
  inline_ref join_ref;
  if (ch != nullptr) {
    join_ref = std::move(ch->join_ref);
    sockets_.membership().dismiss(*c, *ch);
  }
  if (!request.ref.is_null())
    sockets_.send(c->session, ok_reply(c->session.wire, request));
  if (ch != nullptr)
    sockets_.send(c->session, lifecycle_message(c->session.wire, join_ref.view(), request.topic, "phx_close", "{}"));
  go_on(*c);
}

// A connection waits while a join or leave of the topic at hand is under way. Sending may have closed a slow one.
void courier::go_on(connection& c) {
  if (c.actor && c.actor->status() == process_status::waiting)
    c.actor->wake();
}

void courier::settle(const request_settled& answer) {
  auto* c = open_connection(answer.to);
  const auto& request = answer.request->view();
  if (c == nullptr || request.ref.is_null())
    return;
  const auto wire = c->session.wire;
  if (!answer.reason.empty()) {
    sockets_.send(c->session, error_reply(wire, request, answer.reason));
    return;
  }
  const protocol::payload_view response =
      answer.response.empty() ? request.payload : protocol::payload_view{.bytes = answer.response};
  sockets_.send(c->session, protocol::encode_reply(wire, {request.join_ref, request.ref, request.topic,
                                                          answer.is_ok ? "ok" : "error", response}));
}

void courier::report_gone(const room_gone& news) {
  auto members = std::exchange(news.leg->members, {});
  for (const auto& member : members) {
    auto& c = sockets_.table().at(member.slot);
    auto* ch = c.session.find(*news.leg);
    if (ch == nullptr)
      continue;
    const auto join_ref = std::move(ch->join_ref);
    c.session.erase(ch);
    sockets_.send(c.session, lifecycle_message(c.session.wire, join_ref.view(), news.leg->topic, "phx_error",
                                               R"({"reason":"channel_crash"})"));
  }
}

} // namespace lintel::gateway
