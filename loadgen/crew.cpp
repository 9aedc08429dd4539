#include "loadgen/crew.hpp"

#include "loadgen/cannot_run.hpp"

#include <fmt/format.h>

#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <exception>
#include <latch>

namespace lintel::loadgen {

namespace {

/// The main of a generator thread: the one place in it that catches.
void run_apart(std::uint32_t number, channel& conductor, bool has_own_table, const crew::body& run) {
  pthread_setname_np(pthread_self(), fmt::format("generator/{}", number).c_str());
  try {
    if (!has_own_table)
      throw cannot_run{"the kernel gives a thread no descriptor table of its own (unshare)"};
    run(number, conductor);
  } catch (const std::exception& problem) {
    conductor.try_send(note_kind::failure, problem.what());
  }
}

} // namespace

crew::crew(std::uint32_t count, const body& run) {
  members_.reserve(count);
  try {
    for (std::uint32_t number = 0; number < count; ++number)
      start(number, run);
  } catch (const std::exception&) {
    hang_up(); // a destructor does not run for what was half made
    throw;
  }
}

void crew::start(std::uint32_t number, const body& run) {
  std::array<int, 2> ends{};
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0)
    throw cannot_run{fmt::format("cannot make a channel: {}", std::strerror(errno))};
  std::latch is_apart{1};
  members_.push_back({.link = channel{ends[0]}, .thread = std::thread{[&is_apart, &run, number, fd = ends[1]] {
                                                  const body mine = run;
                                                  const bool has_own_table = unshare(CLONE_FILES) == 0;
                                                  channel conductor{has_own_table ? fd : dup(fd)};
                                                  is_apart.count_down();
                                                  run_apart(number, conductor, has_own_table, mine);
                                                }}});
  is_apart.wait();
  close(ends[1]); // the thread has its copy, and its end must be the last
}

crew::~crew() { hang_up(); }

void crew::hang_up() noexcept {
  // Not close(): threads that started later hold copies of our ends.
  for (member& each : members_)
    ::shutdown(each.link.fd(), SHUT_RDWR);
  for (member& each : members_)
    each.thread.join();
  members_.clear();
}

void crew::tell_all(note_kind kind, std::string_view text) {
  for (member& each : members_)
    each.link.send(kind, text);
}

void crew::pump(nanoseconds limit, const std::function<void(std::uint32_t, const note&)>& noted) {
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

void crew::take_notes(std::uint32_t number, const std::function<void(std::uint32_t, const note&)>& noted) {
  member& from = members_[number];
  from.is_gone = !from.link.receive();
  while (const auto found = from.link.next()) {
    if (found->kind == note_kind::failure)
      throw cannot_run{found->body};
    from.has_result = from.has_result || found->kind == note_kind::result;
    noted(number, *found);
  }
  if (from.is_gone && !from.has_result)
    throw cannot_run{fmt::format("generator thread {} ended early", number)};
}

} // namespace lintel::loadgen
