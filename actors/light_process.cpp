#include "actors/light_process.hpp"

#include "actors/runtime_config.hpp"
#include "base/ensure.hpp"

#include <caf/actor_cast.hpp>
#include <caf/actor_system.hpp>
#include <caf/detail/sync_request_bouncer.hpp>
#include <caf/sec.hpp>

#include <optional>

namespace lintel::actors {

using supervisors::failure;
using supervisors::verdict;

light_process::light_process(caf::actor_config& config, std::uint16_t pinned_to)
    : caf::abstract_actor(config), pinned_to_(pinned_to == anywhere ? nowhere : static_cast<std::uint8_t>(pinned_to)) {}

light_process::~light_process() = default;

letter_ptr light_process::post(letter_ptr mail) noexcept {
  mail->posted_us = process_times::mark_of_post();
  length_.fetch_add(1, std::memory_order_relaxed);
  switch (inbox_.push(mail_node{mail.get()})) {
  case inbox::pushed::woke_reader:
    mail.release();
    schedule();
    return nullptr;
  case inbox::pushed::queued: mail.release(); return nullptr;
  case inbox::pushed::refused: length_.fetch_sub(1, std::memory_order_relaxed); return mail;
  }
  return mail;
}

void light_process::schedule() noexcept {
  intrusive_ptr_add_ref_impl(); // given back by CAF's worker after resume()
  if (is_pinned())
    pool().enqueue_on(pinned_to_, this);
  else
    pool().enqueue(this);
}

// Whoever wakes it was asked to, by an incarnation that had begun: it cannot see the back-off before that.
void light_process::wake() {
  if (status() != process_status::backing_off) // which ends by its own clock, but for a call that comes as it begins
    end_pause();
}

void light_process::end_pause() noexcept {
  if (pause_.exchange(pause_state::called, std::memory_order_acq_rel) == pause_state::paused)
    schedule();
}

void light_process::stop() {
  base::ensure(is_pinned() && worker::current() == &pool().at(pinned_to_), "stop() on its own worker");
  tell_end("");
  end_pause();
  post(std::make_unique<control_letter>(control_letter::order::nudge));
}

worker_pool& light_process::pool() const noexcept { return runtime_config::pool_of(home_system()); }

caf::resumable::resume_result light_process::resume(caf::execution_unit* unit, std::size_t letters_max) {
  activity::here().runs(*this);
  pause_.store(pause_state::none, std::memory_order_relaxed);
  if (is_stopping_)
    return finish(unit);
  if (status() == process_status::waiting)
    status_.store(process_status::running, std::memory_order_relaxed);
  if (needs_begin_) {
    exit_report report{failure::crash, "", letter_kind::none};
    if (needs_turn_) {
      needs_turn_ = false;
      if (const auto wait = wait_for_turn(); wait > wait.zero()) {
        back_off(wait);
        return pause();
      }
    }
    needs_begin_ = false;
    if (!begin(report))
      switch (fail(report)) {
      case flow::next:
      case flow::sleep: break;
      case flow::pause: return pause();
      case flow::end: return finish(unit);
      }
  }
  for (std::size_t letters = 0;;) {
    auto node = take_next();
    if (!node) {
      idle();
      if (is_stopping_)
        return finish(unit);
      if (inbox_.fall_asleep())
        return awaiting_message;
      continue;
    }
    if (is_stopping_) { // may have been set by the handler before: a session that closed under it
      put_back(node);
      return finish(unit);
    }
    if (letters++ >= letters_max) {
      put_back(node);
      schedule(); // from here on another worker may run a movable process: touch nothing
      return awaiting_message;
    }
    switch (deliver(node)) {
    case flow::next: break;
    case flow::sleep:
      if (inbox_.fall_asleep())
        return awaiting_message;
      break;
    case flow::pause: return is_stopping_ ? finish(unit) : pause();
    case flow::end: return finish(unit);
    }
  }
}

caf::resumable::resume_result light_process::pause() noexcept {
  // The inbox is neither asleep nor scheduled now: letters gather until wake(). It may have come already, when the
  // process is movable and its worker has another thread meanwhile.
  auto expected = pause_state::none;
  if (!pause_.compare_exchange_strong(expected, pause_state::paused, std::memory_order_acq_rel))
    schedule();
  return awaiting_message; // from here on another thread may run the process: touch nothing
}

mail_node light_process::take_next() noexcept {
  if (!taken_)
    taken_ = inbox_.take_all();
  auto first = taken_;
  if (first) {
    taken_ = first.next();
    length_.fetch_sub(1, std::memory_order_relaxed);
  }
  return first;
}

void light_process::put_back(mail_node first) noexcept {
  first.set_next(taken_);
  taken_ = first;
  length_.fetch_add(1, std::memory_order_relaxed);
}

light_process::flow light_process::deliver(mail_node node) {
  pause_.store(pause_state::none, std::memory_order_relaxed); // a wake() for an earlier letter
  if (node.is_letter())
    return deliver_letter(letter_ptr{node.as_letter()});
  return deliver_caf(caf::mailbox_element_ptr{node.as_caf()});
}

// The one place where an exception of behaviour ends: here an actor meets its supervisor.
light_process::flow light_process::deliver_letter(letter_ptr mail) {
  const auto kind = mail->kind; // the handler may pass it on
  history_.note(kind);
  std::optional<letter_timing> measured;
  if (mail->posted_us != 0)
    measured.emplace(pool().times().of(what()), mail->posted_us);
  try {
    if (kind == letter_kind::control) {
      const auto then = handle_control(static_cast<const control_letter&>(*mail));
      if (then == flow::sleep)
        put_back(mail_node{mail.release()});
      return then;
    }
    switch (const in_handler doing{mail}; handle(mail)) {
    case handled::done: return flow::next;
    case handled::end: return flow::end;
    case handled::not_now:
      status_.store(process_status::waiting, std::memory_order_relaxed);
      put_back(mail_node{mail.release()});
      return flow::pause;
    }
    return flow::next;
  } catch (const std::exception& e) {
    return fail_at(mail, kind, e.what());
  } catch (...) {
    return fail_at(mail, kind, "unknown exception");
  }
}

light_process::flow light_process::handle_control(const control_letter& mail) {
  switch (mail.what) {
  case control_letter::order::kill: return fail({failure::kill, "killed", letter_kind::control, 0, mail.ordered});
  case control_letter::order::crash: throw std::runtime_error{"crash ordered by an operator"};
  case control_letter::order::nudge: return is_stopping_ ? flow::end : flow::next;
  case control_letter::order::stall: return stall(mail.stalls);
  }
  return flow::next;
}

caf::resumable::resume_result light_process::finish(caf::execution_unit* unit) {
  cleanup(reason_, unit);
  return done;
}

void light_process::cleanup(caf::error reason, caf::execution_unit* unit) noexcept {
  if (getf(is_cleaned_up_flag))
    return;
  pool().count(counter::processes_ended);
  status_.store(process_status::ended, std::memory_order_relaxed);
  tell_end(reason ? "past its restart budget, or an exit signal" : "");
  end_incarnation();
  ended(reason);
  const auto for_senders = reason ? reason : caf::error{caf::exit_reason::unreachable};
  bounce(std::exchange(taken_, mail_node{}), for_senders);
  bounce(inbox_.close(), for_senders);
  caf::attachable_ptr observers;
  {
    std::unique_lock guard{mtx_};
    reason_ = reason;
    observers_.swap(observers);
    setf(is_terminated_flag | is_cleaned_up_flag);
  }
  unregister_from_system();
  for (auto* o = observers.get(); o != nullptr; o = o->next.get())
    o->actor_exited(reason, unit);
  while (observers) // one by one: a long list destroyed through its head would recurse
    observers = std::move(observers->next);
}

void light_process::bounce(mail_node first, const caf::error& reason) noexcept {
  while (first) {
    auto next = first.next();
    if (first.is_letter()) {
      letter_ptr mail{first.as_letter()};
      if (mail->kind != letter_kind::control)
        refuse(*mail);
    } else {
      caf::mailbox_element_ptr mail{first.as_caf()};
      caf::detail::sync_request_bouncer{reason}(*mail);
    }
    first = next;
  }
}

void light_process::idle() {}
void light_process::refuse(letter&) noexcept {}
trace_id light_process::trace_of(const letter&) const noexcept { return 0; }
bool light_process::agrees_to_end(const caf::error&) { return true; }
verdict light_process::failed(const exit_report&) { return {}; }
std::chrono::nanoseconds light_process::wait_for_turn() { return std::chrono::nanoseconds::zero(); }
void light_process::ended(const caf::error&) noexcept {}

caf::actor handle_of(light_process& process) {
  return caf::actor_cast<caf::actor>(caf::strong_actor_ptr{process.ctrl()});
}

} // namespace lintel::actors
