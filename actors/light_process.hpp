#pragma once

#include "actors/activity.hpp"
#include "actors/actor_events.hpp"
#include "actors/exit_report.hpp"
#include "actors/inbox.hpp"
#include "actors/letter.hpp"
#include "actors/letter_history.hpp"
#include "actors/process_class.hpp"
#include "actors/worker_pool.hpp"
#include "supervisors/restart_ledger.hpp"

#include <caf/abstract_actor.hpp>
#include <caf/actor.hpp>
#include <caf/actor_config.hpp>
#include <caf/actor_traits.hpp>
#include <caf/resumable.hpp>

#include <boost/smart_ptr/intrusive_ptr.hpp>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <exception>
#include <span>
#include <string>

namespace lintel::actors {

class light_process;

/// Any thread may hold one; it keeps the process alive, running or not.
template <class Process>
using process_ptr = boost::intrusive_ptr<Process>;

/// What a handler made of a letter.
enum class handled : std::uint8_t {
  done,
  not_now, ///< the letter stays first in the mailbox; the process sleeps until wake()
  end,     ///< done, and the process ends in good order
};

enum class process_status : std::uint8_t {
  running,
  waiting,
  backing_off,
  ended,
  abandoned, ///< its handler was, and it has not gone on yet
};

/// A CAF actor in 184 bytes: scheduled by CAF, with an address, a mailbox, monitors and links like any other, and
/// without what only `caf::scheduled_actor` needs. It restarts in place: a crash or a kill ends the *incarnation*,
/// that is everything begin_incarnation() built; address, mailbox and what the subclass keeps stay. The letter
/// that was being handled is never handed to the next incarnation.
///
///            begin           handle               crash or kill
///   (start) ──────▶ running ────────▶ running ────────────────▶ decide ──▶ begin the next incarnation
///                      │ not_now                                 │  │
///                      ▼          wake()                         │  └ back off, wait for a turn, then begin
///                   waiting ──────────▶ running                  └ give up: ended
///
/// `pinned_to` a worker: runs there and nowhere else. `anywhere`: runs where it was woken.
class light_process : public caf::abstract_actor,
                      public caf::resumable,
                      public caf::dynamically_typed_actor_base,
                      public caf::non_blocking_actor_base {
public:
  using signatures = caf::none_t; // what caf::actor and spawn() ask of a class
  using behavior_type = caf::behavior;
  static constexpr std::uint16_t anywhere = 0xffff;

  light_process(caf::actor_config& config, std::uint16_t pinned_to);
  ~light_process() override;

  /// Any thread. Returns the letter when the process has ended, nothing when it was queued.
  letter_ptr post(letter_ptr mail) noexcept;

  /// Any thread; approximate on other threads than its own.
  std::uint32_t mailbox_length() const noexcept { return length_.load(std::memory_order_relaxed); }
  std::uint32_t incarnation() const noexcept { return incarnation_.load(std::memory_order_relaxed); }
  process_status status() const noexcept { return status_.load(std::memory_order_relaxed); }

  /// Of the present incarnation, or of the one that is to be followed by another. 0 before the first. Any thread.
  std::chrono::seconds uptime() const noexcept;
  /// How the incarnation before ended. Any thread.
  exit_kind last_exit() const noexcept { return static_cast<exit_kind>(origin_.load(std::memory_order_relaxed) & 3); }
  /// Of what kinds its last letters were. Any thread.
  const letter_history& last_letters() const noexcept { return history_; }

  /// The worker it is pinned to, or `anywhere`.
  std::uint16_t home() const noexcept { return pinned_to_ == nowhere ? anywhere : pinned_to_; }

  /// Goes on after a not_now. Any thread. Counts when the letter at hand began before.
  void wake();

  /// The process ends before it handles another letter. Pinned processes only, on their worker.
  void stop();

  /// "registry", "room:lobby", "c0-17-3": what operators call it.
  std::string name() const;
  /// The same without an allocation or a lock: the watchdog asks for it in a signal handler (base/bounded_writer.hpp).
  virtual std::size_t write_name(std::span<char> into) const noexcept = 0;
  virtual process_class what() const noexcept { return process_class::other; }

  /// The watchdog's thread, after `stopped` was stopped for good in a handler of this process: refuses the mail that it
  /// had in hand, and goes on as after a crash.
  void go_on_without(activity& stopped);

  // --- caf::abstract_actor
  using caf::abstract_actor::enqueue;
  void enqueue(caf::mailbox_element_ptr mail, caf::execution_unit*) override;
  void attach(caf::attachable_ptr observer) override;
  std::size_t detach(const caf::attachable::token& which) override;
  void add_link(caf::abstract_actor* other) override;
  void remove_link(caf::abstract_actor* other) override;
  bool add_backlink(caf::abstract_actor* other) override;
  bool remove_backlink(caf::abstract_actor* other) override;
  void on_destroy() override;
  void launch(caf::execution_unit* unit, bool lazy, bool hide);

  // --- caf::resumable
  // Never scheduled_actor: CAF's shutdown would cast us to it. `unspecified` marks pinned processes.
  subtype_t subtype() const override { return is_pinned() ? unspecified : function_object; }
  void intrusive_ptr_add_ref_impl() override;
  void intrusive_ptr_release_impl() override;
  resume_result resume(caf::execution_unit* unit, std::size_t letters_max) override;

protected:
  /// Builds the state of an incarnation. May throw: that is a crash of the incarnation.
  virtual void begin_incarnation() {}
  /// Discards that state.
  virtual void end_incarnation() noexcept {}

  /// One letter. An exception ends the incarnation. The letter may be moved on (`mail` set to null).
  virtual handled handle(letter_ptr& mail) = 0;

  /// The mailbox is empty. Default: nothing to do.
  virtual void idle();

  /// A CAF message other than an exit signal. Default: counted as unhandled; a request gets sec::unexpected_message.
  virtual void handle_caf(caf::mailbox_element& mail);

  /// `mail` will not be handled: the incarnation died holding it, or the process ended first. Whoever waits for
  /// an answer gets an error here. Default: nobody waits.
  virtual void refuse(letter& mail) noexcept;

  /// Which client's request `mail` is about, for the report of a crash. Default: none.
  virtual trace_id trace_of(const letter& mail) const noexcept;

  /// An exit signal other than kill arrived. False: the process ends later, by itself. Default: true.
  virtual bool agrees_to_end(const caf::error& reason);

  /// What to do after a crash or a kill. Default: restart at once, always.
  virtual supervisors::verdict failed(const exit_report& report);

  /// A crash is to be followed by a restart, now that its back-off is over. How long it has to wait because others
  /// have crashed, too; asked once per restart. Default: not at all.
  virtual std::chrono::nanoseconds wait_for_turn();

  /// The process is over; `reason` none: in good order. Mail that is left bounces after this.
  virtual void ended(const caf::error& reason) noexcept;

  worker_pool& pool() const noexcept;
  bool is_pinned() const noexcept { return pinned_to_ != nowhere; }

private:
  enum class flow : std::uint8_t { next, sleep, pause, end };

  mail_node take_next() noexcept;
  void put_back(mail_node first) noexcept;
  flow deliver(mail_node node);
  flow deliver_letter(letter_ptr mail);
  flow deliver_caf(caf::mailbox_element_ptr mail);
  flow fail_at(const letter_ptr& mail, letter_kind kind, const char* what);
  flow fail(exit_report report);
  exit_sequel sequel_of(const supervisors::verdict& decision, supervisors::failure how);
  void write_report(std::uint32_t ended, const exit_report& report, const exit_sequel& sequel) const;
  flow back_off(std::chrono::nanoseconds delay);
  flow handle_control(const control_letter& mail);
  flow stall(const stall_plan& plan);
  class next_turn;
  resume_result resume_after_stuck(mail_node held, letter_kind during, caf::execution_unit* unit,
                                   std::size_t letters_max);
  bool begin(exit_report& report) noexcept;
  void note_begin() noexcept;
  void note_exit(const exit_report& report) noexcept;
  void tell_watchers(actor_event::kind what, const std::string& why) noexcept;
  void tell_end(const std::string& why) noexcept;
  resume_result pause() noexcept;
  resume_result finish(caf::execution_unit* unit);
  void cleanup(caf::error reason, caf::execution_unit* unit) noexcept;
  void bounce(mail_node first, const caf::error& reason) noexcept;
  void schedule() noexcept;
  void end_pause() noexcept;
  std::size_t remove_observers(const caf::attachable::token& which, std::size_t most, bool dry_run);

  inbox inbox_;
  mail_node taken_; // oldest first
  letter_history history_;
  caf::attachable_ptr observers_; // guarded by mtx_
  caf::error reason_;             // guarded by mtx_ once terminated
  std::atomic<std::uint32_t> length_{0};
  std::atomic<std::uint32_t> incarnation_{0};
  /// Of the incarnation: the second of the steady clock in which it began, above two bits with the exit_kind of the one
  /// before. In one word, for a process must not grow.
  std::atomic<std::uint32_t> origin_{0};
  std::atomic<process_status> status_{process_status::running};
  enum class pause_state : std::uint8_t { none, paused, called };
  std::atomic<pause_state> pause_{pause_state::none};
  bool is_stopping_ : 1 = false;
  bool needs_begin_ : 1 = true;
  bool needs_turn_ : 1 = false; // to begin, when the back-off is over
  static constexpr std::uint8_t nowhere = 0xff;
  static_assert(worker_pool::workers_max < nowhere);
  const std::uint8_t pinned_to_;
};

inline void intrusive_ptr_add_ref(light_process* p) { p->intrusive_ptr_add_ref_impl(); }
inline void intrusive_ptr_release(light_process* p) { p->intrusive_ptr_release_impl(); }

/// Spawns a light process in `system`, asleep until its first letter.
template <class Process, class... Arguments>
process_ptr<Process> spawn_process(caf::actor_system& system, Arguments&&... arguments);

/// The CAF handle of a process: for monitors and for supervisors.
caf::actor handle_of(light_process& process);

} // namespace lintel::actors
