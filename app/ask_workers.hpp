#pragma once

#include "actors/messages.hpp"
#include "actors/worker.hpp"
#include "app/server_parts.hpp"

#include <chrono>
#include <functional>
#include <future>
#include <memory>
#include <optional>
#include <vector>

namespace lintel::app {

/// How long an operator waits for one worker. Far above any healthy turn, far below a person's patience.
inline constexpr auto worker_patience = std::chrono::seconds{2};

/// How many WebSockets the worker at hand has open: the same count that metrics tell of all. On a worker.
inline std::size_t open_here() {
  const auto& counters = actors::worker::current()->counters();
  return counters.value(actors::counter::connections_opened) - counters.value(actors::counter::connections_closed);
}

/// Where one worker puts its answer. A question that is thrown away unanswered answers with a gap: its courier has
/// ended, or crashed over it.
template <class Result>
class pending_answer {
public:
  pending_answer() = default;
  ~pending_answer() {
    if (!is_given_)
      promise_.set_value(std::nullopt);
  }
  pending_answer(const pending_answer&) = delete;
  pending_answer& operator=(const pending_answer&) = delete;

  void give(Result result) {
    is_given_ = true;
    promise_.set_value(std::move(result));
  }
  std::future<std::optional<Result>> future() { return promise_.get_future(); }

private:
  std::promise<std::optional<Result>> promise_;
  bool is_given_ = false;
};

/// Runs `collect(socket_worker&)` on every worker and gathers what they return. A worker that is late leaves a gap:
/// its answer, when it comes, goes nowhere. So does one that is not `concerned`, and nobody waits for it.
template <class Result, class Collect, class Concerned>
std::vector<std::optional<Result>> ask_workers(server_parts& parts, Collect collect, Concerned concerned) {
  std::vector<std::future<std::optional<Result>>> answers;
  for (std::size_t i = 0; i < parts.workers(); ++i) {
    if (!concerned(i)) {
      answers.emplace_back();
      continue;
    }
    auto pending = std::make_shared<pending_answer<Result>>();
    answers.push_back(pending->future());
    parts.book.courier(i).post(std::make_unique<actors::worker_call>(
        [pending, collect, sockets = parts.sockets[i]] { pending->give(collect(*sockets)); }));
  }
  const auto deadline = std::chrono::steady_clock::now() + worker_patience;
  std::vector<std::optional<Result>> results;
  for (auto& answer : answers) {
    auto& result = results.emplace_back();
    if (answer.valid() && answer.wait_until(deadline) == std::future_status::ready)
      result = answer.get();
  }
  return results;
}

template <class Result, class Collect>
std::vector<std::optional<Result>> ask_workers(server_parts& parts, Collect collect) {
  return ask_workers<Result>(parts, std::move(collect), [](std::size_t) { return true; });
}

} // namespace lintel::app
