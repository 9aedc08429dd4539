#pragma once

#include "actors/messages.hpp"
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

/// Runs `collect(socket_worker&)` on every worker and gathers what they return. A worker that is late leaves a gap:
/// its answer, when it comes, goes nowhere.
template <class Result, class Collect>
std::vector<std::optional<Result>> ask_workers(server_parts& parts, Collect collect) {
  std::vector<std::future<Result>> answers;
  for (std::size_t i = 0; i < parts.workers(); ++i) {
    auto promise = std::make_shared<std::promise<Result>>();
    answers.push_back(promise->get_future());
    parts.book.courier(i).post(std::make_unique<actors::worker_call>(
        [promise, collect, sockets = parts.sockets[i]] { promise->set_value(collect(*sockets)); }));
  }
  const auto deadline = std::chrono::steady_clock::now() + worker_patience;
  std::vector<std::optional<Result>> results;
  for (auto& answer : answers) {
    auto& result = results.emplace_back();
    if (answer.wait_until(deadline) != std::future_status::ready)
      continue;
    try {
      result = answer.get();
    } catch (const std::future_error&) {
      // Its courier has ended and threw the question away: the server is stopping.
    }
  }
  return results;
}

} // namespace lintel::app
