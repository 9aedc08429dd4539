#include "loadgen/process_group.hpp"

#include "loadgen/cannot_run.hpp"

#include <fmt/format.h>

#include <poll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <exception>

namespace lintel::loadgen {

namespace {

/// The main of a generator process: the one place in it that catches.
void run_forked(std::uint32_t number, channel& conductor, const process_group::body& run) {
  try {
    run(number, conductor);
  } catch (const std::exception& problem) {
    conductor.send(note_kind::failure, problem.what());
  }
}

} // namespace

process_group::process_group(std::uint32_t count, const body& run) {
  members_.reserve(count);
  for (std::uint32_t number = 0; number < count; ++number)
    start(number, run);
}

void process_group::start(std::uint32_t number, const body& run) {
  std::array<int, 2> ends{};
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0)
    throw cannot_run{fmt::format("cannot make a channel: {}", std::strerror(errno))};
  std::fflush(nullptr); // or the child would print the parent's buffered text again
  const pid_t parent = getpid();
  const pid_t pid = fork();
  if (pid < 0)
    throw cannot_run{fmt::format("cannot fork: {}", std::strerror(errno))};
  if (pid > 0) {
    close(ends[1]);
    members_.push_back({.pid = pid, .link = channel{ends[0]}});
    return;
  }
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent)
    _exit(1); // it died before the line above
  close(ends[0]);
  members_.clear(); // the channels to our siblings are not ours
  {
    channel conductor{ends[1]};
    run_forked(number, conductor, run);
  }
  _exit(0);
}

process_group::~process_group() {
  for (member& each : members_)
    ::shutdown(each.link.fd(), SHUT_RDWR);
  constexpr int polls_max = 300; // of 10 ms: a generator closes its sockets for at most 2 s
  for (member& each : members_) {
    for (int i = 0; waitpid(each.pid, nullptr, WNOHANG) == 0; ++i) {
      if (i == polls_max)
        kill(each.pid, SIGKILL);
      usleep(10'000);
    }
  }
}

void process_group::tell_all(note_kind kind, std::string_view text) {
  for (member& each : members_)
    each.link.send(kind, text);
}

void process_group::pump(nanoseconds limit,
                         const std::function<void(std::uint32_t, const note&)>& noted) {
  std::vector<pollfd> waiting;
  for (const member& each : members_)
    waiting.push_back({.fd = each.is_gone ? -1 : each.link.fd(), .events = POLLIN, .revents = 0});
  const auto milliseconds = std::chrono::ceil<std::chrono::milliseconds>(limit).count();
  if (poll(waiting.data(), waiting.size(), static_cast<int>(milliseconds)) <= 0)
    return;
  for (std::uint32_t number = 0; number < size(); ++number)
    if (waiting[number].revents != 0)
      take_notes(number, noted);
}

void process_group::take_notes(std::uint32_t number,
                               const std::function<void(std::uint32_t, const note&)>& noted) {
  member& from = members_[number];
  from.is_gone = !from.link.receive();
  while (const auto found = from.link.next()) {
    if (found->kind == note_kind::failure)
      throw cannot_run{found->body};
    from.has_result = from.has_result || found->kind == note_kind::result;
    noted(number, *found);
  }
  if (from.is_gone && !from.has_result)
    throw cannot_run{fmt::format("generator process {} died", number)};
}

} // namespace lintel::loadgen
