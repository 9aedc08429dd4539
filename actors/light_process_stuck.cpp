// The part of light_process that deals with handlers that do not end: going on without one, and playing one in a test.

#include "actors/light_process.hpp"

#include <caf/ref_counted.hpp>
#include <caf/sec.hpp>

#include <array>
#include <thread>

namespace lintel::actors {

namespace {

using clock = worker::clock;

// Whoever is busy looks at the clock only.
template <class IsOver>
void block(clock::time_point until, bool is_busy, IsOver is_over) {
  while (!is_over() && clock::now() < until)
    if (!is_busy)
      std::this_thread::sleep_for(std::chrono::milliseconds{1});
}

constexpr auto never = [] { return false; };

} // namespace

/// The next turn of a process whose handler was abandoned: a job in the place of the one that never ends. The reference
/// to the process which that one holds is never given back.
class light_process::next_turn : public caf::ref_counted, public caf::resumable {
public:
  next_turn(light_process& whose, mail_node held, letter_kind during) : whose_(&whose), held_(held), during_(during) {}

  subtype_t subtype() const override { return whose_->subtype(); }
  void intrusive_ptr_add_ref_impl() override { ref(); }
  void intrusive_ptr_release_impl() override { deref(); }
  resume_result resume(caf::execution_unit* unit, std::size_t letters_max) override {
    return whose_->resume_after_stuck(std::exchange(held_, {}), during_, unit, letters_max);
  }

private:
  const process_ptr<light_process> whose_;
  mail_node held_;
  const letter_kind during_;
};

void light_process::go_on_without(activity& stopped) {
  mail_node held;
  if (auto mail = stopped.take_letter())
    held = mail_node{mail.release()};
  else if (auto caf_mail = stopped.take_caf_mail())
    held = mail_node{caf_mail.release()};
  if (held)
    held.set_next({});
  status_.store(process_status::abandoned, std::memory_order_relaxed);
  auto* job = new next_turn{*this, held, stopped.account().during};
  if (is_pinned())
    pool().enqueue_on(pinned_to_, job);
  else
    pool().enqueue(job);
}

// As if the handler had thrown. What it holds itself, locks and references, stays held.
caf::resumable::resume_result light_process::resume_after_stuck(mail_node held, letter_kind during,
                                                                caf::execution_unit* unit, std::size_t letters_max) {
  activity::here().runs(*this);
  bounce(held, caf::sec::runtime_error);
  switch (fail({.how = supervisors::failure::crash, .what = "stuck", .during = during, .is_stuck = true})) {
  case flow::next:
  case flow::sleep: return resume(unit, letters_max);
  case flow::pause: return is_stopping_ ? finish(unit) : pause();
  case flow::end: return finish(unit);
  }
  return awaiting_message;
}

// Blocks, and takes the next letter in hand as soon as there is one: a handler that is stuck has one.
light_process::flow light_process::stall(const stall_plan& plan) {
  const auto until = clock::now() + plan.length;
  mail_node next;
  if (plan.is_for_next) {
    next = take_next();
  } else {
    const in_handler doing{letter_kind::control};
    block(until, plan.is_busy, [&] { return static_cast<bool>(next = take_next()); });
  }
  if (!next)
    return plan.is_for_next ? flow::sleep : flow::next; // asleep until there is mail, and then here again
  if (!next.is_letter()) {
    caf::mailbox_element_ptr mail{next.as_caf()};
    {
      const in_handler doing{mail};
      block(until, plan.is_busy, never);
    }
    return deliver_caf(std::move(mail));
  }
  letter_ptr mail{next.as_letter()};
  {
    const in_handler doing{mail};
    block(until, plan.is_busy, never);
  }
  if (plan.is_poison) {
    history_.note(mail->kind);
    return fail_at(mail, mail->kind, "a poison message, ordered by an operator");
  }
  return deliver_letter(std::move(mail));
}

std::string light_process::name() const {
  std::array<char, stuck_account::name_bytes_max> text;
  return {text.data(), write_name(text)};
}

} // namespace lintel::actors
