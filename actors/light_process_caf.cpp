// The part of light_process that makes it an actor to CAF: references, mail, monitors and links.
// Semantics as caf::monitorable_actor; monitors are O(1), links search a list and are for few.

#include "actors/light_process.hpp"

#include <caf/actor_system.hpp>
#include <caf/default_attachable.hpp>
#include <caf/detail/sync_request_bouncer.hpp>
#include <caf/sec.hpp>
#include <caf/system_messages.hpp>
#include <spdlog/spdlog.h>

namespace lintel::actors {

using supervisors::failure;

namespace {

// CAF's sync_request_bouncer knows one error only, "receiver down", and this one is not down.
void answer_with_error(const caf::mailbox_element& request, caf::sec what) {
  if (request.sender && request.mid.is_request())
    request.sender->enqueue(nullptr, request.mid.response_id(), caf::make_message(caf::make_error(what)), nullptr);
}

caf::default_attachable::observe_token link_to(caf::abstract_actor* other) {
  return {other->address(), caf::default_attachable::link};
}

void send_exit(caf::abstract_actor* to, caf::abstract_actor& from, const caf::error& reason) {
  to->enqueue(nullptr, caf::make_message_id(), caf::make_message(caf::exit_msg{from.address(), reason}), nullptr);
}

constexpr std::size_t name_bytes_max = 300;

} // namespace

void light_process::intrusive_ptr_add_ref_impl() { caf::intrusive_ptr_add_ref(ctrl()); }
void light_process::intrusive_ptr_release_impl() { caf::intrusive_ptr_release(ctrl()); }

void light_process::launch(caf::execution_unit*, bool lazy, bool hide) {
  pool().count(counter::processes_started);
  if (!hide)
    register_at_system();
  if (lazy && inbox_.fall_asleep())
    return;
  schedule();
}

// The last handle is gone while the process sleeps.
void light_process::on_destroy() {
  if (!getf(is_cleaned_up_flag))
    cleanup(caf::exit_reason::unreachable, nullptr);
}

void light_process::enqueue(caf::mailbox_element_ptr mail, caf::execution_unit*) {
  length_.fetch_add(1, std::memory_order_relaxed);
  switch (inbox_.push(mail_node{mail.get()})) {
  case inbox::pushed::woke_reader:
    mail.release();
    schedule();
    break;
  case inbox::pushed::queued: mail.release(); break;
  case inbox::pushed::refused:
    length_.fetch_sub(1, std::memory_order_relaxed);
    caf::detail::sync_request_bouncer{caf::exit_reason::unreachable}(*mail);
  }
}

light_process::flow light_process::deliver_caf(caf::mailbox_element_ptr mail) {
  history_.note(letter_kind::caf_message);
  const auto& content = mail->content();
  if (content.match_elements<caf::exit_msg>()) {
    const auto& signal = content.get_as<caf::exit_msg>(0);
    if (!signal.reason)
      return flow::next; // "normal" ends nobody but its sender
    if (signal.reason == caf::exit_reason::kill || agrees_to_end(signal.reason)) {
      if (signal.reason != caf::exit_reason::user_shutdown)
        pool().count(counter::exit_signals);
      reason_ = signal.reason;
      return flow::end;
    }
    return flow::next;
  }
  try {
    const in_handler doing{mail};
    handle_caf(*mail);
    return flow::next;
  } catch (const std::exception& e) {
    answer_with_error(*mail, caf::sec::runtime_error);
    return fail({failure::crash, e.what(), letter_kind::caf_message});
  } catch (...) {
    answer_with_error(*mail, caf::sec::runtime_error);
    return fail({failure::crash, "unknown exception", letter_kind::caf_message});
  }
}

void light_process::handle_caf(caf::mailbox_element& mail) {
  pool().count(counter::unhandled);
  // What it says may be somebody's secret; its types are ours.
  const auto& content = mail.content();
  std::string types;
  for (std::size_t i = 0; i < content.size(); ++i)
    types.append(i == 0 ? "" : ",").append(home_system().types().portable_name(content.type(i)));
  spdlog::error("unhandled message actor={} types={}", logfmt_value(name(), name_bytes_max), types);
  answer_with_error(mail, caf::sec::unexpected_message);
}

void light_process::attach(caf::attachable_ptr observer) {
  caf::error reason;
  {
    std::unique_lock guard{mtx_};
    if (!getf(is_terminated_flag)) {
      observer->next.swap(observers_);
      observers_.swap(observer);
      return;
    }
    reason = reason_;
  }
  observer->actor_exited(reason, nullptr);
}

std::size_t light_process::detach(const caf::attachable::token& which) {
  std::unique_lock guard{mtx_};
  return remove_observers(which, ~std::size_t{0}, false);
}

void light_process::add_link(caf::abstract_actor* other) {
  caf::error reason;
  bool is_dead = false;
  auto observer = caf::default_attachable::make_link(address(), other->address());
  joined_exclusive_critical_section(this, other, [&] {
    if (getf(is_terminated_flag)) {
      reason = reason_;
      is_dead = true;
    } else if (other->add_backlink(this)) {
      observer->next.swap(observers_);
      observers_.swap(observer);
    }
  });
  if (is_dead)
    send_exit(other, *this, reason);
}

void light_process::remove_link(caf::abstract_actor* other) {
  joined_exclusive_critical_section(this, other, [&] {
    other->remove_backlink(this);
    remove_observers(link_to(other), 1, false);
  });
}

// Called with both mutexes held (abstract_actor.hpp).
bool light_process::add_backlink(caf::abstract_actor* other) {
  if (getf(is_terminated_flag)) {
    send_exit(other, *this, reason_);
    return false;
  }
  if (remove_observers(link_to(other), 1, true) != 0)
    return false;
  auto observer = caf::default_attachable::make_link(address(), other->address());
  observer->next.swap(observers_);
  observers_.swap(observer);
  return true;
}

bool light_process::remove_backlink(caf::abstract_actor* other) {
  return remove_observers(link_to(other), 1, false) > 0;
}

std::size_t light_process::remove_observers(const caf::attachable::token& which, std::size_t most, bool dry_run) {
  std::size_t found = 0;
  for (auto* at = &observers_; *at != nullptr && found < most;) {
    if (!(*at)->matches(which)) {
      at = &(*at)->next;
      continue;
    }
    ++found;
    if (dry_run) {
      at = &(*at)->next;
      continue;
    }
    caf::attachable_ptr rest;
    rest.swap((*at)->next);
    at->swap(rest);
  }
  return found;
}

} // namespace lintel::actors
