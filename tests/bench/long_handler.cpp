// How long do the others of a worker wait behind a handler that runs 20 ms? A connection-like process, pinned to the
// worker, gets a letter every millisecond; a room-like process on the same worker computes for 20 ms at a time.

#include "actors/light_process.hpp"
#include "actors/messages.hpp"
#include "actors/runtime_config.hpp"
#include "actors/spawn_process.hpp"
#include "base/bounded_writer.hpp"
#include "tests/support/sleeping_reactor.hpp"

#include <caf/actor_system.hpp>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <future>
#include <thread>
#include <vector>

namespace lintel::bench {

namespace {

using namespace std::chrono_literals;
using clock = std::chrono::steady_clock;
using actors::handled;
using actors::letter_ptr;
using actors::light_process;
using actors::worker_call;

constexpr auto handler_length = 20ms;
constexpr auto measured = 4s;

struct runner : light_process {
  runner(caf::actor_config& config, std::uint16_t pinned_to) : light_process(config, pinned_to) {}
  std::size_t write_name(std::span<char> into) const noexcept override {
    return base::bounded_writer{into}.text("runner").size();
  }
  handled handle(letter_ptr& mail) override {
    static_cast<worker_call&>(*mail).run();
    return handled::done;
  }
};

void run_in(light_process& process, std::function<void()> what) {
  process.post(std::make_unique<worker_call>(std::move(what)));
}

void compute_for(clock::duration how_long) {
  for (const auto end = clock::now() + how_long; clock::now() < end;) {
  }
}

std::vector<std::unique_ptr<actors::reactor>> two_reactors() {
  std::vector<std::unique_ptr<actors::reactor>> both;
  both.push_back(std::make_unique<testing::sleeping_reactor>());
  both.push_back(std::make_unique<testing::sleeping_reactor>());
  return both;
}

/// Microseconds from post to handler, sorted.
std::vector<double> delays(bool with_long_handlers, std::size_t spare_threads) {
  actors::runtime_config config{two_reactors(), spare_threads};
  caf::actor_system system{config};
  auto connection = actors::spawn_process<runner>(system, std::uint16_t{0});
  auto room = actors::spawn_process<runner>(system, light_process::anywhere);
  std::vector<double> all; // written on worker 0 only
  const auto start = clock::now();
  for (int tick = 0; clock::now() - start < measured; ++tick) {
    std::this_thread::sleep_until(start + tick * 1ms);
    if (with_long_handlers && tick % 50 == 0) // from the worker itself, so that it runs there
      run_in(*connection, [room] { run_in(*room, [] { compute_for(handler_length); }); });
    run_in(*connection, [&all, posted = clock::now()] {
      all.push_back(std::chrono::duration<double, std::micro>(clock::now() - posted).count());
    });
  }
  std::this_thread::sleep_for(100ms);
  std::promise<void> done;
  run_in(*connection, [&] { done.set_value(); });
  done.get_future().wait();
  std::sort(all.begin(), all.end());
  std::printf("  %llu hand-overs\n", static_cast<unsigned long long>(config.pool().total(actors::counter::hand_overs)));
  return all;
}

void print(const char* what, const std::vector<double>& sorted) {
  const auto at = [&](double share) {
    return sorted[static_cast<std::size_t>(share * static_cast<double>(sorted.size() - 1))];
  };
  std::printf("%-46s p50 %7.0f us   p99 %7.0f us   p99.9 %7.0f us   max %7.0f us\n", what, at(0.5), at(0.99), at(0.999),
              sorted.back());
}

} // namespace

} // namespace lintel::bench

int main() {
  using namespace lintel::bench;
  print("no long handler", delays(false, 4));
  print("20 ms handlers, 40 % of the time", delays(true, 4));
  print("the same without threads in reserve", delays(true, 0));
}
