#pragma once

#include "actors/reactor.hpp"

#include <condition_variable>
#include <mutex>

namespace lintel::testing {

/// A reactor without sockets: sleeps until somebody wakes it.
class sleeping_reactor : public actors::reactor {
public:
  bool poll(std::optional<clock::time_point> until) override {
    std::unique_lock lock{mutex_};
    const auto is_woken = [this] { return is_woken_; };
    if (until)
      woken_.wait_until(lock, *until, is_woken);
    else
      woken_.wait(lock, is_woken);
    return std::exchange(is_woken_, false);
  }

  void wake() noexcept override {
    std::lock_guard lock{mutex_};
    is_woken_ = true;
    woken_.notify_one();
  }

private:
  std::mutex mutex_;
  std::condition_variable woken_;
  bool is_woken_ = false;
};

} // namespace lintel::testing
