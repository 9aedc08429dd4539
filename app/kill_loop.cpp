#include "app/kill_loop.hpp"

#include <pthread.h>

#include <algorithm>
#include <chrono>

namespace lintel::app {

namespace {

using namespace std::chrono_literals;

// Small steps look like a stream to whoever watches; each costs a look at every connection.
constexpr auto step = 100ms;

} // namespace

void kill_loop::start(server_parts& parts, operations& server) {
  parts_ = &parts;
  thread_ = std::thread{[this, &parts, &server] {
    pthread_setname_np(pthread_self(), "kill loop");
    run(parts, server);
  }};
}

void kill_loop::close() {
  if (parts_ != nullptr)
    parts_->chaos.stop();
}

void kill_loop::stop() {
  close();
  if (thread_.joinable())
    thread_.join();
}

void kill_loop::run(server_parts& parts, operations& server) {
  using clock = std::chrono::steady_clock;
  double owed = 0;
  auto last = clock::now();
  while (const auto rate = parts.chaos.await_rate()) {
    const auto now = clock::now();
    // After a pause, or a worker that kept us waiting, the past is not made up for.
    const auto passed = std::min<std::chrono::duration<double>>(now - last, 2 * step);
    last = now;
    owed += passed.count() * rate;
    if (const auto count = static_cast<std::size_t>(owed); count > 0) {
      owed -= static_cast<double>(count);
      parts.chaos.begin(parts.runtime.pool());
      server.strike_random_connections(operations::order::kill, count);
    }
    parts.chaos.pause_for(step);
  }
}

} // namespace lintel::app
