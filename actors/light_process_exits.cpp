// The part of light_process that ends an incarnation: what the supervisor decides, the report, the next one.

#include "actors/light_process.hpp"
#include "actors/runtime_config.hpp"

#include <caf/sec.hpp>

#include <new>

namespace lintel::actors {

using supervisors::failure;
using supervisors::verdict;
using step = exit_sequel::step;

namespace {

std::uint32_t clock_seconds() noexcept {
  const auto now = worker::clock::now().time_since_epoch();
  return static_cast<std::uint32_t>(std::chrono::duration_cast<std::chrono::seconds>(now).count());
}

} // namespace

bool light_process::begin(exit_report& report) noexcept {
  try {
    const in_handler doing{letter_kind::none};
    begin_incarnation();
  } catch (const std::exception& e) {
    report = {failure::crash, e.what(), letter_kind::none}; // copied: the exception ends here
    return false;
  } catch (...) {
    report = {failure::crash, "unknown exception", letter_kind::none};
    return false;
  }
  note_begin();
  const bool is_first = incarnation_.fetch_add(1, std::memory_order_relaxed) == 0;
  if (!is_first)
    pool().count(counter::restarts);
  status_.store(process_status::running, std::memory_order_relaxed);
  tell_watchers(is_first ? actor_event::kind::spawn : actor_event::kind::restart, is_first ? "" : report.what);
  return true;
}

void light_process::note_begin() noexcept {
  const auto before = origin_.load(std::memory_order_relaxed);
  origin_.store(clock_seconds() << 2 | (before & 3), std::memory_order_relaxed);
}

// The text of a crash is kept elsewhere, for few crash and all would have to have room for it.
void light_process::note_exit(const exit_report& report) noexcept {
  const auto before = origin_.load(std::memory_order_relaxed);
  origin_.store((before & ~std::uint32_t{3}) | static_cast<std::uint32_t>(report.kind()), std::memory_order_relaxed);
  if (report.kind() != exit_kind::crashed)
    return;
  try {
    pool().crashes().note(name(), report.what);
  } catch (const std::bad_alloc&) { // then it is a crash of which nobody knows what it said
  }
}

std::chrono::seconds light_process::uptime() const noexcept {
  if (incarnation() == 0)
    return std::chrono::seconds::zero();
  constexpr std::uint32_t seconds_mask = ~std::uint32_t{0} >> 2;
  return std::chrono::seconds{(clock_seconds() - (origin_.load(std::memory_order_relaxed) >> 2)) & seconds_mask};
}

void light_process::tell_watchers(actor_event::kind what, const std::string& why) noexcept {
  if (auto& events = pool().events(); events.is_watched())
    events.report({what, name(), incarnation(), why});
}

// Once: what ended() closes may stop() us in turn. Who never began was never announced.
void light_process::tell_end(const std::string& why) noexcept {
  if (is_stopping_)
    return;
  is_stopping_ = true;
  if (incarnation() > 0)
    tell_watchers(actor_event::kind::exit, why);
}

// Inside the handler's catch: `what` belongs to the exception.
light_process::flow light_process::fail_at(const letter_ptr& mail, letter_kind kind, const char* what) {
  exit_report report{failure::crash, what, kind};
  if (mail) { // else it has been passed on
    report.trace = trace_of(*mail);
    refuse(*mail);
  }
  return fail(std::move(report));
}

light_process::flow light_process::fail(exit_report report) {
  for (;;) {
    if (report.since == worker::clock::time_point{})
      report.since = worker::clock::now();
    pool().count(report.how == failure::kill ? counter::kills : counter::crashes);
    const auto ended = incarnation();
    note_exit(report);
    if (is_stopping_) { // nobody asks for another incarnation
      write_report(ended, report, {.next = step::stop});
      return flow::end;
    }
    const auto decision = failed(report);
    end_incarnation();
    const auto sequel = sequel_of(decision, report.how);
    if (sequel.next != step::restart) {
      write_report(ended, report, sequel);
      if (sequel.next == step::back_off) {
        needs_turn_ = decision.what == verdict::action::restart_after; // else it has had its turn
        return back_off(sequel.delay);
      }
      pool().count(counter::gave_up);
      reason_ = caf::make_error(caf::sec::runtime_error);
      return flow::end;
    }
    auto next = report;
    const bool is_ready = begin(next);
    if (is_ready)
      pool().restart_times_after(report.how).record(worker::clock::now() - report.since);
    write_report(ended, report, sequel); // the log can wait, whoever waits for the next incarnation cannot
    if (is_ready)
      return flow::next;
    report = std::move(next);
  }
}

exit_sequel light_process::sequel_of(const verdict& decision, failure how) {
  switch (decision.what) {
  case verdict::action::give_up: return {step::give_up, {}, decision.restarts_left};
  case verdict::action::restart_after: return {step::back_off, decision.delay, decision.restarts_left};
  case verdict::action::restart_now: break;
  }
  // A kill waits for nobody: operators' kills of thousands are over in a moment.
  const auto wait = how == failure::crash ? wait_for_turn() : std::chrono::nanoseconds::zero();
  return {wait > wait.zero() ? step::back_off : step::restart, wait, decision.restarts_left};
}

void light_process::write_report(std::uint32_t ended, const exit_report& report, const exit_sequel& sequel) const {
  if (report.how == failure::crash) // an operator knows whom he killed
    runtime_config::exits_of(home_system()).write(name(), ended, report, history_, sequel);
}

light_process::flow light_process::back_off(std::chrono::nanoseconds delay) {
  needs_begin_ = true;
  status_.store(process_status::backing_off, std::memory_order_relaxed);
  pause_.store(pause_state::none, std::memory_order_relaxed); // who called the incarnation that is over called nobody
  pool().call_after(delay, [self = process_ptr<light_process>{this}, ended = incarnation()] {
    if (self->status() == process_status::backing_off && self->incarnation() == ended)
      self->end_pause();
  });
  return flow::pause;
}

} // namespace lintel::actors
