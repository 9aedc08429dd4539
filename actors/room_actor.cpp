#include "actors/room_actor.hpp"

#include "actors/room_presence.hpp"
#include "actors/room_services.hpp"
#include "actors/system_topic.hpp"

namespace lintel::actors {

namespace {

namespace_rules_ptr rules_of(const std::string& topic, const room_services* services) {
  static const auto none = std::make_shared<const namespace_rules>();
  const bool is_ours = services != nullptr && !is_system_topic(topic); // those show the system when a disk fails, too
  const auto found = is_ours ? services->spaces.find(topic) : nullptr;
  return found ? found : none;
}

} // namespace

room_actor::room_actor(caf::actor_config& config, std::string topic, room_supervisor& supervisor, room_limits limits,
                       const address_book& book)
    : light_process(config, anywhere), topic_(std::move(topic)), supervisor_(&supervisor), limits_(limits), book_(book),
      rules_(rules_of(topic_, book.rooms())), roster_(book.workers()) {
  if (rules_->history.kept != durability::none)
    history_ = std::make_unique<room_history>(rules_->history, topic_, *book.rooms(), limits);
}

room_actor::~room_actor() = default;

// What the last incarnation had in hand may have been an alarm.
void room_actor::begin_incarnation() {
  if (presence_)
    presence_->set_alarm(*this);
  if (history_ && history_->next_stored() != nullptr) {
    tell_stored();
    if (roster_.members() == 0)
      ask_to_retire();
  }
}

handled room_actor::handle(letter_ptr& mail) {
  const auto outcome = take(mail);
  if (presence_)
    presence_->set_alarm(*this);
  if (history_)
    newest_.store(history_->newest(), std::memory_order_relaxed);
  return outcome;
}

std::optional<std::uint64_t> room_actor::newest_offset() const noexcept {
  if (rules_->history.kept == durability::none)
    return std::nullopt;
  return newest_.load(std::memory_order_relaxed);
}

handled room_actor::take(letter_ptr& mail) {
  if (mail->kind == letter_kind::room_alarm) { // needs no history
    take_alarm(static_cast<room_alarm&>(*mail));
    return handled::done;
  }
  if (history_ && mail->kind != letter_kind::retire) {
    switch (history_->prepare(*this)) {
    case room_history::readiness::opening: return handled::not_now;
    case room_history::readiness::failed: refuse_for_now(mail); return handled::done;
    case room_history::readiness::ready: tell_reset();
    }
  }
  switch (mail->kind) {
  case letter_kind::room_join:
    see_visit(*mail);
    join(static_cast<client_request&>(*mail));
    break;
  case letter_kind::room_leave: leave(static_cast<room_leave&>(*mail)); break;
  case letter_kind::room_push: push(mail); break;
  case letter_kind::room_request: take_request(mail); break;
  case letter_kind::log_news: take_log_news(static_cast<log_news&>(*mail)); break;
  case letter_kind::history_page: take_page(static_cast<history_page&>(*mail)); break;
  case letter_kind::retire: return handled::end;
  default: pool().count(counter::unhandled);
  }
  return handled::done;
}

// Once per letter, whatever becomes of it: the registry compares the sum with what it has sent.
void room_actor::see_visit(letter& mail) noexcept {
  if (!std::exchange(mail.is_visit_seen, true))
    ++visits_seen_;
}

void room_actor::join(const client_request& request) {
  const auto worker = request.from.worker;
  const auto wish = history_ ? protocol::recover_in(request.message->view().payload) : protocol::recover_request{};
  const auto said = rules_->presence.is_on ? protocol::read_presence_params(request.message->view().payload)
                                           : protocol::presence_params{};
  const auto turn_away = [&](const room_leg_ptr& leg, std::string_view why) {
    answer(worker, std::make_unique<join_settled>(request, leg, why));
    if (roster_.members() == 0)
      ask_to_retire();
  };
  if (request.is_member_already) {
    const auto& leg = roster_.on(worker).leg;
    if (!leg) // a member of a room that had this topic before us
      turn_away(nullptr, "room closed");
    else if (!wish.is_valid)
      turn_away(nullptr, "invalid recover");
    else if (const auto why_not = attend(request, said); !why_not.empty())
      turn_away(nullptr, why_not);
    else
      admit(request, leg, wish, said);
    return;
  }
  if (!wish.is_valid) {
    turn_away(nullptr, "invalid recover");
    return;
  }
  if (roster_.members() >= limits_.members_max) {
    turn_away(nullptr, "room is full");
    return;
  }
  if (const auto why_not = attend(request, said); !why_not.empty()) {
    turn_away(nullptr, why_not);
    return;
  }
  const auto& leg = roster_.add(worker, [&] { return room_leg_ptr{new room_leg{this, topic_, worker}}; });
  members_.store(roster_.members(), std::memory_order_relaxed);
  admit(request, leg, wish, said);
  members_changed();
}

// What the member has missed leaves with the answer, and what comes after that is posted after it: no gap, nothing
// twice.
void room_actor::admit(const client_request& request, const room_leg_ptr& leg, const protocol::recover_request& wish,
                       const protocol::presence_params& said) {
  auto settled = std::make_unique<join_settled>(request, leg);
  if (history_)
    settled->newest_offset = history_->newest();
  if (wish.is_wanted) {
    auto recovery = history_->recover(wish, request.who ? request.who->sid : std::string{});
    settled->hears_offsets = true;
    settled->response = history_->position_text(recovery.is_complete, recovery.missed.size());
    if (!recovery.missed.empty())
      settled->response_if_full = history_->position_text(false, 0);
    if (recovery.is_complete)
      pool().count(counter::recovered);
    else if (wish.has_offset)
      pool().count(counter::not_recovered);
    settled->missed = std::move(recovery.missed);
  }
  settled->present = greet(request, said);
  settled->sees_presence = request.may >= rules_->may_see_presence;
  answer(request.from.worker, std::move(settled));
}

void room_actor::leave(const room_leave& request) {
  const auto worker = request.from.worker;
  if (request.request)
    answer(worker, std::make_unique<leave_settled>(request));
  publish_paces_.erase(request.from);
  page_paces_.erase(request.from);
  if (presence_ && request.request)
    presence_->leave(request.from, worker::clock::now());
  else if (presence_)
    presence_->lose(request.from, worker::clock::now());
  member_gone(worker);
}

void room_actor::member_gone(std::uint16_t worker) {
  roster_.remove(worker);
  members_.store(roster_.members(), std::memory_order_relaxed);
  members_changed();
  if (roster_.members() == 0)
    ask_to_retire();
}

// The log does not let us have our history. Leaving needs none of it.
void room_actor::refuse_for_now(letter_ptr& mail) {
  if (const auto asked = history_->take_failed_reset())
    reject(*asked, "storage unavailable");
  switch (mail->kind) {
  case letter_kind::room_join: {
    see_visit(*mail);
    const auto& request = static_cast<client_request&>(*mail);
    answer(request.from.worker, std::make_unique<join_settled>(request, nullptr, "storage unavailable"));
    break;
  }
  case letter_kind::room_leave: leave(static_cast<room_leave&>(*mail)); break;
  case letter_kind::room_request:
    see_visit(*mail);
    // What is damaged cannot be opened, but it can be given up.
    if (static_cast<room_request&>(*mail).what == room_request::order::reset && history_->has_log()) {
      reset(mail);
      break;
    }
    [[fallthrough]];
  case letter_kind::room_push: reject(*mail, "storage unavailable"); break;
  default: break;
  }
  if (roster_.members() == 0)
    ask_to_retire();
}

// The registry knows whether a join is on its way; only it can close the door without losing somebody behind it.
void room_actor::ask_to_retire() {
  if ((history_ && (history_->is_waiting() || history_->is_beginning_anew())) || pages_under_way_ > 0 ||
      (presence_ && !presence_->is_empty()))
    return; // again when that is settled
  if (auto registry = book_.registry())
    registry->post(std::make_unique<retire_request>(this, topic_, visits_seen_));
}

// Whoever asked is gone, and may have been the only one.
void room_actor::let_go_of(letter& visit) noexcept {
  see_visit(visit);
  if (roster_.members() == 0)
    ask_to_retire();
}

// A request that died with its incarnation, or that nobody is left to handle. Leaving always succeeds.
void room_actor::refuse(letter& mail) noexcept {
  switch (mail.kind) {
  case letter_kind::room_join: {
    auto& request = static_cast<client_request&>(mail);
    answer(request.from.worker, std::make_unique<join_settled>(request, nullptr, "join crashed"));
    let_go_of(mail);
    break;
  }
  case letter_kind::room_request:
    reject(mail, "crashed");
    let_go_of(mail);
    break;
  case letter_kind::room_push: reject(mail, "crashed"); break;
  case letter_kind::history_page:
    see_page(static_cast<history_page&>(mail));
    reject(*static_cast<history_page&>(mail).request, "crashed");
    break;
  case letter_kind::room_leave: leave(static_cast<room_leave&>(mail)); break;
  case letter_kind::log_news: note_log_news(static_cast<log_news&>(mail)); break;
  case letter_kind::room_alarm:
    if (presence_)
      presence_->rang(static_cast<room_alarm&>(mail));
    break;
  default: break;
  }
}

supervisors::verdict room_actor::failed(const exit_report& report) { return supervisor_->judge(*this, report.how); }

std::chrono::nanoseconds room_actor::wait_for_turn() { return supervisor_->pacer().wait(worker::clock::now()); }

void room_actor::ended(const caf::error& reason) noexcept {
  if (history_) {
    for (auto& one : history_->give_up()) {
      reject(*one.request, "unavailable");
      for (const auto& retry : one.retries)
        reject(*retry, "unavailable");
    }
    if (const auto asked = history_->take_reset())
      reject(*asked, "unavailable");
    history_->close();
  }
  if (reason) {
    for (const auto& [leg, members] : roster_.legs())
      if (members > 0)
        answer(leg->worker, std::make_unique<room_gone>(leg));
    if (auto registry = book_.registry())
      registry->post(std::make_unique<retire_request>(this, topic_, retire_request::already_ended));
  }
  roster_.clear(); // the legs hold us, we hold the legs
  supervisor_->forget(*this);
}

} // namespace lintel::actors
