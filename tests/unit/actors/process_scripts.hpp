#pragma once

#include "actors/light_process.hpp"
#include "tests/support/probe.hpp"
#include <atomic>
#include <caf/send.hpp>
#include <catch2/catch.hpp>
#include <thread>

namespace lintel::testing {

using std::chrono_literals::operator""h;
using std::chrono_literals::operator""ms;
using std::chrono_literals::operator""s;
using lintel::actors::counter;
using lintel::actors::exit_report;
using lintel::actors::process_status;
using lintel::actors::worker;
using lintel::supervisors::failure;

inline constexpr auto kill = control_letter::order::kill;
inline constexpr auto crash = control_letter::order::crash;

inline verdict give_up() { return {.what = verdict::action::give_up}; }
inline verdict back_off(std::chrono::nanoseconds delay) {
  return {.what = verdict::action::restart_after, .delay = delay};
}

/// Notes what happens to a process: "begin", "3", "refused 4", "end", "ended".
inline script noted_in(journal& events) {
  return {.handle =
              [&](probe&, letter_ptr& mail) {
                events.add(std::to_string(number_of(*mail)));
                return handled::done;
              },
          .refuse =
              [&](letter& mail) {
                if (mail.kind == letter_kind::inbound_frame)
                  events.add("refused " + std::to_string(number_of(mail)));
              },
          .begin = [&] { events.add("begin"); },
          .end = [&] { events.add("end"); },
          .ended = [&](const caf::error&) { events.add("ended"); }};
}

/// As above; throws at the letter `poison`.
inline script poisoned_by(int poison, journal& events) {
  auto what = noted_in(events);
  what.handle = [&events, poison](probe&, letter_ptr& mail) {
    if (number_of(*mail) == poison)
      throw std::runtime_error{"poison"};
    events.add(std::to_string(number_of(*mail)));
    return handled::done;
  };
  return what;
}

/// Holds the process inside a handler while its mailbox is filled.
class held {
public:
  explicit held(light_process& process) {
    process.post(std::make_unique<lintel::actors::worker_call>([gates = gates_] {
      gates->began.arrive();
      (void)gates->go_on.wait();
    }));
    (void)gates_->began.wait();
  }
  ~held() { gates_->go_on.arrive(); }
  held(const held&) = delete;
  held& operator=(const held&) = delete;

private:
  struct state { // the handler may still be on its way out when we are gone
    gate began, go_on;
  };
  const std::shared_ptr<state> gates_ = std::make_shared<state>();
};

using lines = std::vector<std::string>;

} // namespace lintel::testing
