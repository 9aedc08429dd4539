#pragma once

#include "actors/light_process.hpp"
#include "actors/messages.hpp"
#include "actors/runtime_config.hpp"
#include "actors/spawn_process.hpp"
#include "base/bounded_writer.hpp"
#include "tests/support/sleeping_reactor.hpp"
#include "tests/support/waiting.hpp"

#include <caf/actor_system.hpp>
#include <spdlog/spdlog.h>

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace lintel::testing {

using actors::control_letter;
using actors::handled;
using actors::letter;
using actors::letter_kind;
using actors::letter_ptr;
using actors::light_process;
using actors::process_ptr;
using supervisors::verdict;

/// A letter that says who sent it and which of the sender's letters it is.
struct numbered : letter {
  explicit numbered(int which, int whose = 0) noexcept
      : letter(letter_kind::inbound_frame), number(which), sender(whose) {}
  const int number;
  const int sender;
};

inline int number_of(const letter& mail) { return static_cast<const numbered&>(mail).number; }

class probe;

/// What a probe does; what is left out is what light_process does by itself.
struct script {
  std::function<handled(probe&, letter_ptr&)> handle = [](probe&, letter_ptr&) { return handled::done; };
  std::function<void(letter&)> refuse;
  std::function<void()> begin;
  std::function<void()> end;
  std::function<verdict(const actors::exit_report&)> failed;
  std::function<std::chrono::nanoseconds()> wait_for_turn;
  std::function<bool(const caf::error&)> agrees_to_end;
  std::function<void(const caf::error&)> ended;
  std::function<void(caf::mailbox_element&)> handle_caf;
};

/// A light process that follows a script. Letters of the kind worker_call it runs, whatever the script says.
class probe : public light_process {
public:
  probe(caf::actor_config& config, std::uint16_t pinned_to, script what)
      : light_process(config, pinned_to), script_(std::move(what)) {}

  std::size_t write_name(std::span<char> into) const noexcept override {
    return base::bounded_writer{into}.text("probe").size();
  }
  using light_process::pool;

protected:
  void begin_incarnation() override {
    if (script_.begin)
      script_.begin();
  }
  void end_incarnation() noexcept override {
    if (script_.end)
      script_.end();
  }
  handled handle(letter_ptr& mail) override {
    if (mail->kind == letter_kind::worker_call) {
      static_cast<actors::worker_call&>(*mail).run();
      return handled::done;
    }
    return script_.handle(*this, mail);
  }
  void handle_caf(caf::mailbox_element& mail) override {
    if (script_.handle_caf)
      script_.handle_caf(mail);
    else
      light_process::handle_caf(mail);
  }
  void refuse(letter& mail) noexcept override {
    if (script_.refuse)
      script_.refuse(mail);
  }
  bool agrees_to_end(const caf::error& reason) override {
    return script_.agrees_to_end ? script_.agrees_to_end(reason) : light_process::agrees_to_end(reason);
  }
  verdict failed(const actors::exit_report& report) override {
    return script_.failed ? script_.failed(report) : light_process::failed(report);
  }
  std::chrono::nanoseconds wait_for_turn() override {
    return script_.wait_for_turn ? script_.wait_for_turn() : light_process::wait_for_turn();
  }
  void ended(const caf::error& reason) noexcept override {
    if (script_.ended)
      script_.ended(reason);
  }

private:
  script script_;
};
using probe_ptr = process_ptr<probe>;

inline std::vector<std::unique_ptr<actors::reactor>> sleeping_reactors(std::size_t count) {
  std::vector<std::unique_ptr<actors::reactor>> all;
  while (all.size() < count)
    all.push_back(std::make_unique<sleeping_reactor>());
  return all;
}

/// A CAF system on two of our workers, without sockets. Errors that tests provoke are not printed.
struct process_system {
  explicit process_system(std::size_t workers = 2, actors::stuck_limits limits = {})
      : config(sleeping_reactors(workers), spare_threads, limits) {
    spdlog::set_level(spdlog::level::off);
  }

  static constexpr std::size_t spare_threads = 4;
  actors::runtime_config config;
  caf::actor_system system{config};

  std::uint64_t total(actors::counter which) const { return config.pool().total(which); }

  probe_ptr spawn(script what, std::uint16_t pinned_to = light_process::anywhere) {
    return actors::spawn_process<probe>(system, pinned_to, std::move(what));
  }
};

inline void post(light_process& to, int number, int sender = 0) {
  if (auto back = to.post(std::make_unique<numbered>(number, sender)))
    throw std::runtime_error{"the process has ended"};
}

inline void order(light_process& to, control_letter::order what) {
  if (to.post(std::make_unique<control_letter>(what)))
    throw std::runtime_error{"the process has ended"};
}

/// Runs `what` inside the process, behind all mail that it has, and waits for nothing.
inline void run_in(light_process& process, std::function<void()> what) {
  process.post(std::make_unique<actors::worker_call>(std::move(what)));
}

/// Runs `what` inside the process, behind all mail that it has, and waits for the result.
template <class Call>
auto inside(light_process& process, Call what) {
  using result = decltype(what());
  auto promise = std::make_shared<std::promise<result>>();
  auto answer = promise->get_future();
  auto back = process.post(std::make_unique<actors::worker_call>([promise, what] {
    if constexpr (std::is_void_v<result>) {
      what();
      promise->set_value();
    } else {
      promise->set_value(what());
    }
  }));
  if (back)
    throw std::runtime_error{"the process has ended"};
  return await(std::move(answer));
}

/// Waits until everything posted so far is handled.
inline void settle(light_process& process) {
  inside(process, [] {});
}

} // namespace lintel::testing
