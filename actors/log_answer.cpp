#include "actors/log_answer.hpp"

#include "actors/runtime_config.hpp"

namespace lintel::actors {

namespace {

// wake() counts whether the room has gone to sleep or is about to: it looks after its fence, we wake after ours.
void set_and_wake(std::atomic<bool>& what, light_process& room) {
  what.store(true, std::memory_order_release);
  std::atomic_thread_fence(std::memory_order_seq_cst);
  room.wake();
}

} // namespace

std::shared_ptr<log_answer> log_answer::to(light_process& room, std::chrono::milliseconds patience, letter_ptr news) {
  const std::shared_ptr<log_answer> made{new log_answer{std::move(news)}};
  runtime_config::pool_of(room.home_system())
      .call_after(patience, [pending = std::weak_ptr{made}, who = process_ptr<light_process>{&room}] {
        if (const auto still = pending.lock()) // it does not answer: those who wait for it are told
          set_and_wake(still->is_overdue_, *who);
      });
  return made;
}

std::function<void(history::opened_topic)> log_answer::taker(light_process& room) {
  return [self = shared_from_this(), who = process_ptr<light_process>{&room}](history::opened_topic found) {
    self->found_ = std::move(found);
    auto news = std::move(self->news_); // not ours any more once the room sees that the answer is here
    set_and_wake(self->is_here_, *who);
    if (news)
      who->post(std::move(news));
  };
}

log_answer::state log_answer::look() const noexcept {
  std::atomic_thread_fence(std::memory_order_seq_cst);
  if (is_here_.load(std::memory_order_acquire))
    return state::here;
  return is_overdue_.load(std::memory_order_acquire) ? state::overdue : state::pending;
}

} // namespace lintel::actors
