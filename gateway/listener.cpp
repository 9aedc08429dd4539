#include "gateway/listener.hpp"

#include "gateway/accept_error.hpp"
#include "gateway/socket_worker.hpp"

#include <spdlog/spdlog.h>
#include <sys/socket.h>

#include <cerrno>
#include <system_error>

namespace lintel::gateway {

using namespace std::chrono_literals;
using actors::counter;
using actors::handled;
using actors::letter;
using actors::letter_kind;

namespace {

struct ready_letter : letter {
  ready_letter() noexcept : letter(letter_kind::socket_ready) {}
};

// A burst of handshakes (30 us each) must not hold up those who are already in: 64 are 2 ms.
constexpr int accepts_per_turn = 64;

// Out of descriptors: 100 ms lets some connections end, and stays far below any client's connect timeout.
constexpr auto pause_when_exhausted = 100ms;

} // namespace

listener::listener(caf::actor_config& config, std::uint16_t worker, socket_worker& sockets, listening_socket& socket,
                   supervisors::restart_budget budget)
    : light_process(config, worker), sockets_(sockets), socket_(socket), ledger_(std::move(budget), id()) {}

void listener::begin_incarnation() {
  is_ready_posted_ = false;
  is_watched_ = sockets_.watch(socket_.fd(), *this);
  if (!is_watched_)
    pause_accepting("no room to watch the listening socket");
}

void listener::end_incarnation() noexcept {
  if (std::exchange(is_watched_, false))
    sockets_.unwatch(socket_.fd());
}

// Level-triggered: the poller tells again until the queue is empty; one letter at a time is enough.
void listener::socket_ready() {
  if (!std::exchange(is_ready_posted_, true))
    post(std::make_unique<ready_letter>());
}

handled listener::handle(actors::letter_ptr& mail) {
  if (mail->kind != letter_kind::socket_ready) {
    pool().count(counter::unhandled);
    return handled::done;
  }
  is_ready_posted_ = false;
  accept_waiting();
  return handled::done;
}

void listener::accept_waiting() {
  for (int i = 0; i < accepts_per_turn; ++i) {
    const int fd = ::accept4(socket_.fd(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd >= 0) {
      pool().count(counter::accepted);
      const auto outcome = sockets_.adopt(fd);
      if (outcome == socket_worker::adopted::yes)
        continue;
      pool().count(counter::accept_failures);
      if (outcome == socket_worker::adopted::too_many)
        continue;
      pause_accepting("no room to watch another socket");
      return;
    }
    const int error = errno;
    const auto next = classify_accept_error(error);
    if (next == accept_next::nothing_left)
      return;
    pool().count(counter::accept_failures);
    if (next == accept_next::pause) {
      pause_accepting(std::generic_category().message(error));
      return;
    }
    if (next == accept_next::crash)
      throw std::system_error{error, std::generic_category(), "accept"};
  }
}

void listener::pause_accepting(const std::string& why) {
  spdlog::warn("{} pauses accepting for 100 ms: {}", name(), why);
  end_incarnation();
  actors::worker::current()->call_after(pause_when_exhausted, [self = actors::process_ptr<listener>{this}] {
    if (self->status() == actors::process_status::running && !self->is_watched_)
      self->begin_incarnation();
  });
}

// An ordered end, not a failure: a successor would go on with the same socket.
bool listener::agrees_to_end(const caf::error&) {
  end_incarnation();
  socket_.stop();
  return true;
}

supervisors::verdict listener::failed(const actors::exit_report& report) {
  return ledger_.failed(id(), report.how, actors::worker::clock::now());
}

} // namespace lintel::gateway
