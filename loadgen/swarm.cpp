#include "loadgen/swarm.hpp"

#include "loadgen/cannot_run.hpp"

#include <fmt/format.h>

#include <sys/epoll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <limits>
#include <numeric>

namespace lintel::loadgen {

namespace {

constexpr std::uint32_t watched = std::numeric_limits<std::uint32_t>::max();
constexpr time_point never = time_point::max();

timespec timespec_of(nanoseconds span) noexcept {
  span = std::max(span, nanoseconds{0});
  const auto whole = std::chrono::duration_cast<std::chrono::seconds>(span);
  return {.tv_sec = whole.count(), .tv_nsec = (span - whole).count()};
}

nanoseconds times(double count, nanoseconds span) noexcept {
  return nanoseconds{static_cast<std::int64_t>(count * static_cast<double>(span.count()))};
}

} // namespace

std::uint32_t spread_stride(std::uint32_t count) noexcept {
  auto stride = std::max(1u, static_cast<std::uint32_t>(count * 0.618));
  while (std::gcd(stride, count) > 1)
    ++stride;
  return stride;
}

swarm::swarm(const swarm_share& share, client_context& context)
    : share_(share), context_(context), epoll_fd_(epoll_create1(EPOLL_CLOEXEC)),
      members_(share.member_count), open_started_(clock::now()), last_settled_(open_started_),
      heartbeats_started_(open_started_), heartbeat_stride_(spread_stride(share.member_count)) {
  if (epoll_fd_ < 0)
    throw cannot_run{fmt::format("cannot make an epoll: {}", std::strerror(errno))};
}

swarm::~swarm() {
  ::close(epoll_fd_);
}

void swarm::watch(int fd) {
  epoll_event wanted{.events = EPOLLIN, .data = {.u32 = watched}};
  if (epoll_ctl(epoll_fd_, EPOLL_CTL_ADD, fd, &wanted) != 0)
    throw cannot_run{fmt::format("cannot watch the command channel: {}", std::strerror(errno))};
}

time_point swarm::open_due(time_point now) {
  if (opened_count_ == share_.member_count && opening_count_ == 0)
    return never;
  const double allowed = seconds(now - open_started_) * share_.connect_rate + 1;
  while (opened_count_ < share_.member_count && opening_count_ < share_.opening_max &&
         (share_.connect_rate <= 0 || opened_count_ < allowed))
    open_next();

  if (opening_count_ == 0)
    last_settled_ = now; // nothing under way, so nothing hangs
  if (now - last_settled_ > share_.opening_deadline)
    abandon_opening();
  constexpr nanoseconds pace = std::chrono::milliseconds{1};
  return now + (share_.connect_rate > 0 ? pace : 100 * pace);
}

void swarm::open_next() {
  const std::uint32_t index = opened_count_++;
  const std::uint32_t number = share_.first_number + index;
  client_connection& opened = members_[index];
  ++opening_count_;
  opened.open(index, number, number % share_.room_count, context_);
  if (!opened.is_opening())
    return settled(1);
  epoll_event wanted{.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET, .data = {.u32 = index}};
  if (epoll_ctl(epoll_fd_, EPOLL_CTL_ADD, opened.socket().fd(), &wanted) != 0) {
    opened.abandon(std::strerror(errno), context_);
    settled(1);
  }
}

void swarm::settled(std::uint32_t count) noexcept {
  opening_count_ -= count;
  last_settled_ = clock::now();
}

void swarm::abandon_opening() {
  for (client_connection& each : members_)
    if (each.is_opening()) {
      each.abandon("no answer in time", context_);
      settled(1);
    }
}

time_point swarm::heartbeat_due(time_point now) {
  if (share_.member_count == 0)
    return never;
  if (now < heartbeats_next_)
    return heartbeats_next_;
  const auto due = [&] {
    return heartbeats_started_ +
           times(static_cast<double>(heartbeats_sent_ + 1) / share_.member_count,
                 share_.heartbeat_interval);
  };
  while (due() <= now) {
    members_[heartbeat_member_].heartbeat(context_);
    heartbeat_member_ = (heartbeat_member_ + heartbeat_stride_) % share_.member_count;
    ++heartbeats_sent_;
  }
  heartbeats_next_ = std::max(due(), now + share_.heartbeat_slice);
  return heartbeats_next_;
}

void swarm::enter_hall() {
  if (hall_asking_count_ > 0)
    --hall_asking_count_;
  while (hall_asked_count_ < share_.member_count && hall_asking_count_ < share_.opening_max) {
    members_[hall_asked_count_++].enter_hall(context_);
    ++hall_asking_count_;
  }
}

bool swarm::turn(time_point until) {
  std::array<epoll_event, events_per_turn> events;
  const timespec wait = timespec_of(until - clock::now());
  const int count = epoll_pwait2(epoll_fd_, events.data(), events_per_turn, &wait, nullptr);
  if (count < 0 && errno != EINTR)
    throw cannot_run{fmt::format("cannot wait for sockets: {}", std::strerror(errno))};
  bool is_watched_ready = false;
  for (int i = 0; i < count; ++i) {
    const epoll_event& event = events[static_cast<std::size_t>(i)];
    if (event.data.u32 == watched) {
      is_watched_ready = true;
      continue;
    }
    client_connection& ready = members_[event.data.u32];
    const bool was_opening = ready.is_opening();
    ready.ready(event.events, context_);
    if (was_opening && !ready.is_opening())
      settled(1);
  }
  return is_watched_ready;
}

void swarm::leave() {
  for (client_connection& each : members_)
    each.leave(context_);
}

bool swarm::has_left() const noexcept {
  return std::none_of(members_.begin(), members_.end(), [](const client_connection& each) {
    return each.where() == client_connection::phase::leaving;
  });
}

void swarm::abandon_leaving() {
  for (client_connection& each : members_)
    each.abandon("the closing handshake took too long", context_);
}

} // namespace lintel::loadgen
