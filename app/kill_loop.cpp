#include "app/kill_loop.hpp"

#include "app/audit.hpp"

#include <pthread.h>

#include <algorithm>
#include <chrono>
#include <string>

namespace lintel::app {

namespace {

using namespace std::chrono_literals;

// Small steps look like a stream to whoever watches; each costs a look at every connection.
constexpr auto step = 100ms;

constexpr auto report_interval = 10s;

// What was killed and is not in the log yet: a line every ten seconds, and one when it is over or somebody else's.
class tally {
public:
  using clock = std::chrono::steady_clock;
  ~tally() { write(); }

  void add(std::size_t killed, const std::string& by) {
    if (by != by_)
      write();
    if (count_ == 0)
      since_ = clock::now();
    by_ = by;
    count_ += killed;
  }
  void write_if_due() {
    if (clock::now() - since_ >= report_interval)
      write();
  }
  void write() {
    if (count_ > 0)
      audit("chaos_kill", "random connections", count_, by_);
    count_ = 0;
  }

private:
  std::uint64_t count_ = 0;
  std::string by_;
  clock::time_point since_{};
};

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
  tally so_far;
  for (;;) {
    so_far.write_if_due();
    auto rate = parts.chaos.rate();
    if (rate == 0) {
      so_far.write(); // before the wait, which may be long
      rate = parts.chaos.await_rate();
    }
    if (rate == 0)
      return;
    const auto now = clock::now();
    // After a pause, or a worker that kept us waiting, the past is not made up for.
    const auto passed = std::min<std::chrono::duration<double>>(now - last, 2 * step);
    last = now;
    owed += passed.count() * rate;
    if (const auto count = static_cast<std::size_t>(owed); count > 0) {
      owed -= static_cast<double>(count);
      if (!parts.chaos.is_open())
        parts.chaos.begin(chaos_account::totals_of(parts.runtime.pool()));
      so_far.add(server.strike_random_connections(operations::order::kill, count), parts.chaos.rate_by());
    }
    parts.chaos.pause_for(step);
  }
}

} // namespace lintel::app
