#pragma once

#include "loadgen/churn_client.hpp"

#include <functional>
#include <vector>

namespace lintel::loadgen {

/// Clients that live one life after another, so many at any time, in one epoll on this thread.
class churn_crowd {
public:
  churn_crowd(std::uint32_t concurrency, churn_context& context);
  ~churn_crowd();
  churn_crowd(const churn_crowd&) = delete;
  churn_crowd& operator=(const churn_crowd&) = delete;

  /// Lives the lives [first, first + count) and waits until the last one is over. `look` is called with the number of
  /// lives that have begun, at least once a second; what it throws ends the run.
  void run(std::uint64_t first, std::uint64_t count, const std::function<void(std::uint64_t)>& look);

  /// A life takes milliseconds; the server's longest deadline on its way is 5 s.
  static constexpr auto life_max = std::chrono::seconds{20};

private:
  void begin_next(std::uint32_t index);
  void give_up_late(time_point now);

  churn_context& context_;
  std::vector<churn_client> clients_;
  int epoll_fd_ = -1;
  std::uint64_t next_ = 0;
  std::uint64_t end_ = 0;
  std::uint32_t alive_ = 0;
};

} // namespace lintel::loadgen
