#include "loadgen/churn_crowd.hpp"

#include "loadgen/cannot_run.hpp"

#include <fmt/format.h>

#include <sys/epoll.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace lintel::loadgen {

namespace {

constexpr int events_per_turn = 128;
constexpr int turn_ms = 200;

} // namespace

churn_crowd::churn_crowd(std::uint32_t concurrency, churn_context& context)
    : context_(context), clients_(concurrency), epoll_fd_(epoll_create1(EPOLL_CLOEXEC)) {
  if (epoll_fd_ < 0)
    throw cannot_run{fmt::format("cannot make an epoll: {}", std::strerror(errno))};
}

churn_crowd::~churn_crowd() { ::close(epoll_fd_); }

void churn_crowd::run(std::uint64_t first, std::uint64_t count, const std::function<void(std::uint64_t)>& look) {
  next_ = first;
  end_ = first + count;
  for (std::uint32_t i = 0; i < clients_.size(); ++i)
    begin_next(i);
  auto last_look = clock::now();
  std::array<epoll_event, events_per_turn> events;
  while (alive_ > 0) {
    const int ready = epoll_wait(epoll_fd_, events.data(), events_per_turn, turn_ms);
    for (int i = 0; i < ready; ++i) {
      const auto index = events[static_cast<std::size_t>(i)].data.u32;
      clients_[index].ready(events[static_cast<std::size_t>(i)].events, context_);
      if (clients_[index].where() == churn_client::phase::over) {
        --alive_;
        begin_next(index);
      }
    }
    if (const auto now = clock::now(); now - last_look > std::chrono::milliseconds{turn_ms}) {
      last_look = now;
      give_up_late(now);
      look(next_ - first);
    }
  }
}

void churn_crowd::begin_next(std::uint32_t index) {
  auto& client = clients_[index];
  while (next_ < end_) {
    if (!client.open(next_++, context_))
      continue;
    epoll_event interest{};
    interest.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET;
    interest.data.u32 = index;
    if (epoll_ctl(epoll_fd_, EPOLL_CTL_ADD, client.fd(), &interest) != 0)
      throw cannot_run{fmt::format("epoll_ctl: {}", std::strerror(errno))};
    ++alive_;
    return;
  }
}

void churn_crowd::give_up_late(time_point now) {
  for (std::uint32_t i = 0; i < clients_.size(); ++i) {
    auto& client = clients_[i];
    if (client.where() == churn_client::phase::over || now - client.opened() < life_max)
      continue;
    client.give_up(context_);
    --alive_;
    begin_next(i);
  }
}

} // namespace lintel::loadgen
