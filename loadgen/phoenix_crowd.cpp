#include "loadgen/phoenix_crowd.hpp"

#include "base/descriptor_limit.hpp"
#include "loadgen/cannot_run.hpp"
#include "loadgen/interruption.hpp"
#include "loadgen/scenario.hpp"

#include <fmt/format.h>

#include <sys/epoll.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

namespace lintel::loadgen {

namespace {

constexpr int events_per_turn = 128;
constexpr nanoseconds heartbeat_interval = std::chrono::seconds{30};

} // namespace

phoenix_crowd::phoenix_crowd(std::uint32_t count, phoenix_context& context)
    : context_(context), sockets_(count), epoll_fd_(epoll_create1(EPOLL_CLOEXEC)), opened_count_(count),
      heartbeats_started_(clock::now()) {
  if (epoll_fd_ < 0)
    throw cannot_run{fmt::format("cannot make an epoll: {}", std::strerror(errno))};
  if (const auto limit = base::raise_descriptor_limit(); count + descriptors_spare > limit)
    throw cannot_run{fmt::format("{} connections do not fit into one table of {} descriptors", count, limit)};
}

phoenix_crowd::~phoenix_crowd() { ::close(epoll_fd_); }

void phoenix_crowd::come(std::uint32_t opening_max) {
  opening_max_ = opening_max;
  opened_count_ = 0;
  opening_count_ = 0;
  open_some();
}

void phoenix_crowd::open_some() {
  while (opened_count_ < size() && opening_count_ < opening_max_) {
    const std::uint32_t number = opened_count_++;
    phoenix_socket& next = sockets_[number];
    next.open(number, context_);
    if (!next.is_opening())
      continue;
    ++opening_count_;
    epoll_event interest{.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET, .data = {.u32 = number}};
    if (epoll_ctl(epoll_fd_, EPOLL_CTL_ADD, next.fd(), &interest) != 0)
      throw cannot_run{fmt::format("epoll_ctl: {}", std::strerror(errno))};
  }
}

void phoenix_crowd::turn(nanoseconds limit) {
  if (interruption::has_come())
    throw cannot_run{"interrupted"};
  std::array<epoll_event, events_per_turn> events;
  const auto wait_ms = std::chrono::ceil<std::chrono::milliseconds>(limit).count();
  const int count = epoll_wait(epoll_fd_, events.data(), events_per_turn, static_cast<int>(wait_ms));
  if (count < 0 && errno != EINTR)
    throw cannot_run{fmt::format("cannot wait for sockets: {}", std::strerror(errno))};
  for (int i = 0; i < count; ++i) {
    const epoll_event& event = events[static_cast<std::size_t>(i)];
    phoenix_socket& ready = sockets_[event.data.u32];
    const bool was_opening = ready.is_opening();
    ready.ready(event.events, context_);
    if (was_opening && !ready.is_opening())
      --opening_count_;
  }
  open_some();
  heartbeat(clock::now());
}

// One after the other, evenly over the interval: a wave of them would disturb what is measured.
void phoenix_crowd::heartbeat(time_point now) {
  if (sockets_.empty())
    return;
  const double rounds = seconds(now - heartbeats_started_) / seconds(heartbeat_interval);
  const auto due = static_cast<std::uint64_t>(rounds * size());
  for (; heartbeats_sent_ < due; ++heartbeats_sent_)
    sockets_[heartbeats_sent_ % size()].heartbeat(context_);
}

void phoenix_crowd::reset_all() noexcept {
  for (phoenix_socket& each : sockets_)
    each.reset();
}

} // namespace lintel::loadgen
