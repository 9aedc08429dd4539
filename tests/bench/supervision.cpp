// Supervised children in quantity: spawn, memory, kill → next incarnation ready, kill all. otp_supervisors.escript
// measures the same of Erlang/OTP's supervisor and prints the same table.

#include "actors/connection_supervisor.hpp"
#include "actors/messages.hpp"
#include "actors/runtime_config.hpp"
#include "actors/spawn_process.hpp"
#include "base/bounded_writer.hpp"
#include "tests/support/sleeping_reactor.hpp"

#include <caf/actor_system.hpp>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <future>
#include <thread>
#include <vector>

namespace lintel::bench {

namespace {

using namespace std::chrono_literals;
using clock = std::chrono::steady_clock;
using actors::control_letter;
using actors::handled;
using actors::letter_ptr;
using actors::light_process;
using actors::process_ptr;

constexpr std::size_t children_idle = 1'000'000;
constexpr std::size_t children_killed = 10'000;
constexpr std::size_t single_kills = 5'000;

std::atomic<std::size_t> ready{0};

/// A child with 32 bytes of its own, restarted in place by its group.
class child : public light_process {
public:
  child(caf::actor_config& config, actors::connection_supervisor& group, std::uint64_t key)
      : light_process(config, 0), group_(group), key_(key) {}
  std::size_t write_name(std::span<char> into) const noexcept override {
    return base::bounded_writer{into}.text("child").size();
  }
  clock::time_point begun() const { return begun_; }

protected:
  void begin_incarnation() override {
    begun_ = clock::now();
    ready.fetch_add(1, std::memory_order_release);
  }
  handled handle(letter_ptr&) override { return handled::done; }
  supervisors::verdict failed(const actors::exit_report& report) override { return group_.judge(key_, report.how); }

private:
  actors::connection_supervisor& group_;
  const std::uint64_t key_;
  clock::time_point begun_;
};

struct runner : light_process {
  explicit runner(caf::actor_config& config) : light_process(config, 0) {}
  std::size_t write_name(std::span<char> into) const noexcept override {
    return base::bounded_writer{into}.text("runner").size();
  }
  handled handle(letter_ptr& mail) override {
    static_cast<actors::worker_call&>(*mail).run();
    return handled::done;
  }
};

double pss_bytes() {
  std::ifstream rollup{"/proc/self/smaps_rollup"};
  for (std::string word; rollup >> word;)
    if (word == "Pss:") {
      double kib = 0;
      rollup >> kib;
      return kib * 1024;
    }
  return 0;
}

void wait_until_ready(std::size_t count) {
  while (ready.load(std::memory_order_acquire) < count)
    std::this_thread::sleep_for(10us);
}

double microseconds(clock::duration d) { return std::chrono::duration<double, std::micro>(d).count(); }

void order(light_process& process, control_letter::order what) { process.post(std::make_unique<control_letter>(what)); }

} // namespace

} // namespace lintel::bench

int main() {
  using namespace lintel::bench;
  std::vector<std::unique_ptr<lintel::actors::reactor>> reactors;
  reactors.push_back(std::make_unique<lintel::testing::sleeping_reactor>());
  lintel::actors::runtime_config config{std::move(reactors), 0};
  caf::actor_system system{config};
  auto run = lintel::actors::spawn_process<runner>(system);
  auto group = lintel::actors::spawn_process<lintel::actors::connection_supervisor>(
      system, std::uint16_t{0}, lintel::supervisors::restart_budget{}, [](std::function<void()> then) { then(); });

  std::vector<process_ptr<child>> children(children_idle);
  const auto before = pss_bytes();
  const auto start = clock::now();
  run->post(std::make_unique<lintel::actors::worker_call>([&] {
    for (std::size_t i = 0; i < children_idle; ++i) {
      children[i] = lintel::actors::spawn_process<child>(system, *group, i);
      order(*children[i], control_letter::order::nudge);
    }
  }));
  wait_until_ready(children_idle);
  std::printf("spawn under a supervisor, first incarnation run  %8.2f us\n",
              microseconds(clock::now() - start) / static_cast<double>(children_idle));
  std::printf("idle supervised child, %zu of them          %8.0f bytes\n", children_idle,
              (pss_bytes() - before) / static_cast<double>(children_idle));

  std::vector<double> waits;
  for (std::size_t i = 0; i < single_kills; ++i) {
    const auto count = ready.load();
    const auto killed = clock::now();
    order(*children[i], control_letter::order::kill);
    while (ready.load(std::memory_order_acquire) == count) { // awake, as OTP's killer waits for a message
    }
    waits.push_back(microseconds(children[i]->begun() - killed));
  }
  std::sort(waits.begin(), waits.end());
  std::printf("kill -> next incarnation ready                   %8.1f us p50 %8.1f us p99\n", waits[waits.size() / 2],
              waits[waits.size() * 99 / 100]);

  const auto count = ready.load();
  const auto killing = clock::now();
  for (std::size_t i = 0; i < children_killed; ++i)
    order(*children[i], control_letter::order::kill);
  wait_until_ready(count + children_killed);
  std::printf("kill %zu, all ready again                     %8.1f ms\n", children_killed,
              microseconds(clock::now() - killing) / 1000);
  std::fflush(stdout);
  std::_Exit(0); // taking a million down one by one is no part of this
}
