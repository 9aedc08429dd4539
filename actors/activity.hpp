#pragma once

#include "actors/letter.hpp"

#include <caf/mailbox_element.hpp>

#include <sys/types.h>

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace caf {
class resumable;
} // namespace caf

namespace lintel::actors {

class light_process;

/// What a thread says about the handler that it is in. Written by that thread, in a signal handler.
struct stuck_account {
  static constexpr std::size_t name_bytes_max = 320; // a topic has 255
  static constexpr std::size_t frames_max = 48;

  std::string_view actor() const noexcept { return {name.data(), name_bytes}; }

  std::array<char, name_bytes_max> name;
  std::size_t name_bytes = 0;
  bool is_in_handler = false; ///< else between two letters, or no process of ours
  letter_kind during = letter_kind::none;
  std::array<void*, frames_max> frames; ///< innermost first
  std::size_t frame_count = 0;          ///< 0: none were asked for
};

/// What a thread of the pool does right now.
///
/// The thread itself writes it down, a few plain stores per letter. Everybody may look at the one word that changes
/// with each handler. Who it is and with which letter, only the thread can tell, for only while it stands still can
/// nobody destroy what it is about: the watchdog asks by a signal, and the thread answers in the signal's handler.
/// There it can also be stopped for good.
class activity {
public:
  /// Two that are equal and busy are the same handler, still at it.
  struct view {
    std::uint64_t bits = 0;
    bool is_busy() const noexcept { return (bits & 3) != idle; }
    /// In the code of one process, with one letter; else between letters, or in an actor of CAF's own.
    bool is_in_handler() const noexcept { return (bits & 3) == handler; }
    bool operator==(const view&) const = default;
  };

  static constexpr std::uint16_t no_worker = 0xffff;

  // --- the thread

  /// Of this thread; of nobody, and never looked at, where the pool does not run.
  static activity& here() noexcept { return *here_; }
  void sit_down() noexcept;
  void leave() noexcept;

  void begin_job(caf::resumable& job) noexcept {
    job_.store(&job, std::memory_order_relaxed);
    who_.store(nullptr, std::memory_order_relaxed);
    become(in_job);
  }
  void runs(light_process& who) noexcept { who_.store(&who, std::memory_order_relaxed); }
  void end_job() noexcept { become(idle); }

  /// In the signal's handler.
  void answer(const void* interrupted_at) noexcept;

  // --- any thread

  view look() const noexcept { return {bits_.load(std::memory_order_acquire)}; }
  /// The worker that the thread has, or no_worker. Written under the pool's lock.
  std::uint16_t worker() const noexcept { return worker_.load(std::memory_order_relaxed); }
  void set_worker(std::uint16_t index) noexcept { worker_.store(index, std::memory_order_relaxed); }

  // --- the watchdog

  enum class question : std::uint8_t {
    name,  ///< who, with which letter
    stack, ///< and where in the code
    stop,  ///< and never go on
  };
  enum class outcome : std::uint8_t {
    answered, ///< account() is about `job`; stopped, if that was asked
    moved_on, ///< `job` is over
    not_here, ///< not stopped: it is in the allocator just now, and may hold a lock that everybody needs
    silent,   ///< the thread does not run: it is gone, or the kernel holds it
  };

  /// Once per process, before the first question; again is harmless.
  static void install_signal_handler();
  /// Waits half a second at most.
  [[nodiscard]] outcome ask(view job, question what) noexcept;
  const stuck_account& account() const noexcept { return account_; }
  /// Of a thread that was stopped: the process whose handler it was in.
  light_process& stopped_process() const noexcept { return *who_.load(std::memory_order_relaxed); }
  /// The mail that it had in hand, now ours; nothing if it had passed it on.
  letter_ptr take_letter() noexcept;
  caf::mailbox_element_ptr take_caf_mail() noexcept;

private:
  friend class in_handler;

  static constexpr std::uint64_t idle = 0, in_job = 1, handler = 2;
  enum class exchange : std::uint8_t { quiet, asked, answering, answered, moved_on, not_here };

  void become(std::uint64_t phase) noexcept {
    const auto ticket = (bits_.load(std::memory_order_relaxed) >> 2) + 1;
    bits_.store(ticket << 2 | phase, std::memory_order_release);
  }
  void begin_handler(letter_kind during, letter_ptr* letter, caf::mailbox_element_ptr* caf_mail) noexcept {
    during_.store(during, std::memory_order_relaxed);
    letter_.store(letter, std::memory_order_relaxed);
    caf_mail_.store(caf_mail, std::memory_order_relaxed);
    become(handler);
  }
  static std::optional<outcome> outcome_of(exchange now) noexcept;
  void give_account(const void* interrupted_at) noexcept;

  static constinit thread_local activity* here_;

  // Atomic for the signal's handler; but for bits_ and worker_ nobody else reads them while the thread runs.
  alignas(64) std::atomic<std::uint64_t> bits_{0};
  std::atomic<caf::resumable*> job_{nullptr};
  std::atomic<light_process*> who_{nullptr};
  std::atomic<letter_ptr*> letter_{nullptr};
  std::atomic<caf::mailbox_element_ptr*> caf_mail_{nullptr};
  std::atomic<letter_kind> during_{letter_kind::none};
  std::atomic<std::uint16_t> worker_{no_worker};

  std::atomic<exchange> exchange_{exchange::quiet};
  std::atomic<pid_t> thread_{0};
  view asked_job_;
  question asked_ = question::name;
  stuck_account account_;
};

/// As long as it lives, this thread is in a handler of the process that it runs, and has that mail in hand.
class in_handler {
public:
  explicit in_handler(letter_ptr& mail) noexcept : in_handler(mail->kind, &mail, nullptr) {}
  explicit in_handler(caf::mailbox_element_ptr& mail) noexcept : in_handler(letter_kind::caf_message, nullptr, &mail) {}
  explicit in_handler(letter_kind during) noexcept : in_handler(during, nullptr, nullptr) {}
  ~in_handler() { at_.become(activity::in_job); }
  in_handler(const in_handler&) = delete;
  in_handler& operator=(const in_handler&) = delete;

private:
  in_handler(letter_kind during, letter_ptr* letter, caf::mailbox_element_ptr* caf_mail) noexcept
      : at_(activity::here()) {
    at_.begin_handler(during, letter, caf_mail);
  }

  activity& at_;
};

} // namespace lintel::actors
