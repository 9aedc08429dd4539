#pragma once

#include "actors/letter.hpp"
#include "actors/light_process.hpp"
#include "history/durable_log.hpp"

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>

namespace lintel::actors {

/// The log's answer to a room that opens its topic, or begins it anew: from the log's thread to the room, which sleeps
/// meanwhile (handled::not_now) or, when its patience is over, goes on without it.
class log_answer : public std::enable_shared_from_this<log_answer> {
public:
  enum class state : std::uint8_t { pending, overdue, here };

  /// `news` is posted to the room when the answer is there; null: nothing is.
  static std::shared_ptr<log_answer> to(light_process& room, std::chrono::milliseconds patience,
                                        letter_ptr news = nullptr);

  /// For the log. Called once, on any thread; holds the room until then.
  std::function<void(history::opened_topic)> taker(light_process& room);

  /// The room, before it sleeps: whatever comes after that wakes it.
  state look() const noexcept;
  /// Once it is here.
  history::opened_topic take() noexcept { return std::move(found_); }

private:
  explicit log_answer(letter_ptr news) noexcept : news_(std::move(news)) {}

  letter_ptr news_;
  history::opened_topic found_;
  std::atomic<bool> is_here_{false};
  std::atomic<bool> is_overdue_{false};
};

} // namespace lintel::actors
