#include "gateway/poller.hpp"

#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

namespace lintel::gateway {

namespace {

constexpr std::uint64_t wake_bits = ~std::uint64_t{0};

void check(int result, const char* what) {
  if (result < 0)
    throw std::system_error{errno, std::generic_category(), what};
}

// Rounded up: a wait that ends before its deadline would only be repeated.
int milliseconds_until(std::optional<poller::clock::time_point> until) {
  if (!until)
    return -1;
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(*until - poller::clock::now());
  return static_cast<int>(std::clamp<std::int64_t>(left.count(), 0, 60'000));
}

} // namespace

poller::poller() {
  check(epoll_ = epoll_create1(EPOLL_CLOEXEC), "epoll_create1");
  check(wake_ = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC), "eventfd");
  epoll_event event{};
  // Edge-triggered: the counter is never read, each write is one event.
  event.events = EPOLLIN | EPOLLET;
  event.data.u64 = wake_bits;
  check(epoll_ctl(epoll_, EPOLL_CTL_ADD, wake_, &event), "epoll_ctl");
}

poller::~poller() {
  ::close(wake_);
  ::close(epoll_);
}

bool poller::add(int fd, std::uint32_t events, poll_key key) {
  epoll_event event{};
  event.events = events;
  event.data.u64 = key.packed();
  const int result = epoll_ctl(epoll_, EPOLL_CTL_ADD, fd, &event);
  if (result < 0 && (errno == ENOSPC || errno == ENOMEM))
    return false;
  check(result, "epoll_ctl add");
  return true;
}

void poller::modify(int fd, std::uint32_t events, poll_key key) {
  epoll_event event{};
  event.events = events;
  event.data.u64 = key.packed();
  check(epoll_ctl(epoll_, EPOLL_CTL_MOD, fd, &event), "epoll_ctl mod");
}

void poller::remove(int fd) noexcept { epoll_ctl(epoll_, EPOLL_CTL_DEL, fd, nullptr); }

std::span<const epoll_event> poller::wait(std::optional<clock::time_point> until) {
  const int count = epoll_wait(epoll_, events_.data(), static_cast<int>(events_.size()), milliseconds_until(until));
  if (count < 0) {
    if (errno != EINTR)
      check(count, "epoll_wait");
    return {};
  }
  auto* end = std::remove_if(events_.data(), events_.data() + count,
                             [](const epoll_event& e) { return e.data.u64 == wake_bits; });
  return {events_.data(), end};
}

void poller::wake() noexcept {
  const std::uint64_t one = 1;
  // Fails only when 2^64-2 wake-ups are unread; then the worker has one to see.
  [[maybe_unused]] auto written = ::write(wake_, &one, sizeof one);
}

} // namespace lintel::gateway
