#include "actors/activity.hpp"

#include "actors/allocator_code.hpp"
#include "actors/light_process.hpp"
#include "base/bounded_writer.hpp"

#include <caf/scheduled_actor.hpp>

#include <execinfo.h>
#include <pthread.h>
#include <signal.h>
#include <ucontext.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <thread>
#include <utility>

namespace lintel::actors {

using namespace std::chrono_literals;

namespace {

activity nowhere; // threads that are not the pool's

// The first two real-time signals are often taken by profilers and by debuggers' conventions; glibc takes those below.
int stuck_signal() noexcept { return SIGRTMIN + 1; }

// Far above what a running thread needs (20 us), and far below what an operator notices.
constexpr auto answer_patience = 500ms;

const void* interrupted_instruction(const void* context) noexcept {
  [[maybe_unused]] const auto& machine = static_cast<const ucontext_t*>(context)->uc_mcontext;
#if defined(__x86_64__)
  return reinterpret_cast<const void*>(machine.gregs[REG_RIP]);
#elif defined(__aarch64__)
  return reinterpret_cast<const void*>(machine.pc);
#else
  return nullptr; // the stack begins with the signal's own frames
#endif
}

void on_stuck_signal(int, siginfo_t*, void* context) noexcept {
  const auto kept = errno;
  activity::here().answer(interrupted_instruction(context));
  errno = kept;
}

[[noreturn]] void stand_still() noexcept {
  sigset_t everything;
  sigfillset(&everything);
  pthread_sigmask(SIG_BLOCK, &everything, nullptr);
  for (;;)
    ::pause();
}

} // namespace

constinit thread_local activity* activity::here_ = &nowhere;

void activity::sit_down() noexcept {
  here_ = this;
  sigset_t ours; // whoever started us may have blocked it
  sigemptyset(&ours);
  sigaddset(&ours, stuck_signal());
  pthread_sigmask(SIG_UNBLOCK, &ours, nullptr);
  thread_.store(::gettid(), std::memory_order_release);
}

void activity::leave() noexcept {
  thread_.store(0, std::memory_order_release);
  here_ = &nowhere;
  become(idle);
}

void activity::install_signal_handler() {
  void* frame = nullptr;
  ::backtrace(&frame, 1); // the first call loads and allocates: not in a signal handler
  allocator_code::find();
  struct sigaction wanted {};
  wanted.sa_sigaction = &on_stuck_signal;
  wanted.sa_flags = SA_SIGINFO | SA_RESTART;
  sigemptyset(&wanted.sa_mask);
  if (::sigaction(stuck_signal(), &wanted, nullptr) != 0)
    throw std::system_error{errno, std::generic_category(), "sigaction"};
}

// From here on: async-signal-safe calls only, and no memory but our own.
void activity::answer(const void* interrupted_at) noexcept {
  auto expected = exchange::asked;
  if (!exchange_.compare_exchange_strong(expected, exchange::answering, std::memory_order_acq_rel))
    return; // nobody waits any more
  if (look() != asked_job_) {
    exchange_.store(exchange::moved_on, std::memory_order_release);
    return;
  }
  give_account(interrupted_at);
  const bool is_last = asked_ == question::stop;
  if (is_last && allocator_code::contains_any(std::span{account_.frames}.first(account_.frame_count))) {
    exchange_.store(exchange::not_here, std::memory_order_release);
    return;
  }
  exchange_.store(exchange::answered, std::memory_order_release);
  if (is_last)
    stand_still();
}

void activity::give_account(const void* interrupted_at) noexcept {
  const auto* who = who_.load(std::memory_order_relaxed);
  const auto* job = job_.load(std::memory_order_relaxed);
  if (who != nullptr)
    account_.name_bytes = who->write_name(account_.name);
  else if (job != nullptr && job->subtype() == caf::resumable::scheduled_actor)
    account_.name_bytes =
        base::bounded_writer{account_.name}.text(static_cast<const caf::scheduled_actor*>(job)->name()).size();
  else
    account_.name_bytes = base::bounded_writer{account_.name}.text("an actor").size();
  account_.is_in_handler = look().is_in_handler();
  account_.during = during_.load(std::memory_order_relaxed);
  account_.frame_count = 0;
  if (asked_ == question::name)
    return;
  auto& frames = account_.frames;
  const auto found = static_cast<std::size_t>(::backtrace(frames.data(), static_cast<int>(frames.size())));
  const auto end = frames.begin() + static_cast<std::ptrdiff_t>(found);
  auto first = std::find(frames.begin(), end, interrupted_at);
  if (first == end)
    first = frames.begin();
  account_.frame_count = static_cast<std::size_t>(std::move(first, end, frames.begin()) - frames.begin());
}

std::optional<activity::outcome> activity::outcome_of(exchange now) noexcept {
  switch (now) {
  case exchange::answered: return outcome::answered;
  case exchange::moved_on: return outcome::moved_on;
  case exchange::not_here: return outcome::not_here;
  default: return std::nullopt;
  }
}

activity::outcome activity::ask(view job, question what) noexcept {
  asked_job_ = job;
  asked_ = what;
  exchange_.store(exchange::asked, std::memory_order_release);
  const auto give_up_at = std::chrono::steady_clock::now() + answer_patience;
  const auto thread = thread_.load(std::memory_order_acquire);
  bool is_withdrawn = thread == 0 || ::tgkill(::getpid(), thread, stuck_signal()) != 0;
  for (;;) {
    if (const auto now = outcome_of(exchange_.load(std::memory_order_acquire))) {
      exchange_.store(exchange::quiet, std::memory_order_relaxed);
      if (*now == outcome::answered && what == question::stop)
        become(idle); // nobody else writes it any more
      return *now;
    }
    if (is_withdrawn || std::chrono::steady_clock::now() > give_up_at) {
      is_withdrawn = true;
      auto expected = exchange::asked;
      if (exchange_.compare_exchange_strong(expected, exchange::quiet, std::memory_order_acq_rel))
        return outcome::silent;
    }
    std::this_thread::sleep_for(100us);
  }
}

letter_ptr activity::take_letter() noexcept {
  auto* held = letter_.exchange(nullptr, std::memory_order_relaxed);
  return held != nullptr ? std::move(*held) : nullptr;
}

caf::mailbox_element_ptr activity::take_caf_mail() noexcept {
  auto* held = caf_mail_.exchange(nullptr, std::memory_order_relaxed);
  return held != nullptr ? std::move(*held) : nullptr;
}

} // namespace lintel::actors
