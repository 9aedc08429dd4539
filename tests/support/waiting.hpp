#pragma once

#include <catch2/catch.hpp>

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <future>
#include <mutex>
#include <string>
#include <vector>

namespace lintel::testing {

/// Every wait is for an event and ends after this, which no test that passes ever uses up.
inline constexpr std::chrono::seconds patience{30};

template <class T>
T await(std::future<T> answer) {
  if (answer.wait_for(patience) != std::future_status::ready)
    throw std::runtime_error{"what the test waits for does not happen"};
  return answer.get();
}

/// Opens once so many have arrived. Any thread.
class gate {
public:
  explicit gate(std::size_t awaited = 1) : awaited_(awaited) {}

  void arrive() {
    std::lock_guard lock{mutex_};
    if (awaited_ > 0 && --awaited_ == 0)
      open_.notify_all();
  }
  /// False: it did not open in time.
  [[nodiscard]] bool wait() {
    std::unique_lock lock{mutex_};
    return open_.wait_for(lock, patience, [this] { return awaited_ == 0; });
  }

private:
  std::mutex mutex_;
  std::condition_variable open_;
  std::size_t awaited_;
};

/// Lines that any thread adds and the test reads.
class journal {
public:
  void add(std::string line) {
    std::lock_guard lock{mutex_};
    lines_.push_back(std::move(line));
    grown_.notify_all();
  }
  std::vector<std::string> lines() const {
    std::lock_guard lock{mutex_};
    return lines_;
  }
  /// The first `count` lines, once there are so many.
  std::vector<std::string> wait_for(std::size_t count) {
    std::unique_lock lock{mutex_};
    grown_.wait_for(lock, patience, [&] { return lines_.size() >= count; });
    return lines_;
  }

private:
  mutable std::mutex mutex_;
  std::condition_variable grown_;
  std::vector<std::string> lines_;
};

} // namespace lintel::testing
