#pragma once

#include "tests/support/probe.hpp"
#include <caf/actor_cast.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/exit_reason.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>
#include <caf/system_messages.hpp>
#include <catch2/catch.hpp>
#include <optional>

// The two kinds of actors that rules about links and monitors are tested on. Each notes "message" for
// an int, and, when it traps exits, "exit <reason>" for a signal.
namespace lintel::testing {

enum class trapping : bool { no, yes };

inline std::string text_of(const caf::error& reason) { return reason ? caf::to_string(reason) : "normal"; }

inline void note_exit(journal& events, const caf::error& reason) { events.add("exit " + text_of(reason)); }

class plain_actor : public caf::event_based_actor {
public:
  plain_actor(caf::actor_config& config, journal& events, trapping traps)
      : caf::event_based_actor(config), events_(events), traps_(traps) {}

  caf::behavior make_behavior() override {
    set_exception_handler([](std::exception_ptr&) -> caf::error { return caf::sec::runtime_error; });
    if (traps_ == trapping::yes)
      set_exit_handler([this](caf::exit_msg& signal) { note_exit(events_, signal.reason); });
    return {[this](int) { events_.add("message"); }, [this](bool) { quit(); }};
  }

private:
  journal& events_;
  const trapping traps_;
};

/// caf::event_based_actor: traps with an exit handler.
struct of_caf {
  static caf::actor spawn(process_system& world, journal& events, trapping traps = trapping::no) {
    return caf::actor{world.system.spawn<plain_actor>(events, traps)};
  }
  static void end_normally(const caf::actor& who) { caf::anon_send(who, true); }
};

/// light_process: traps by not agreeing to end.
struct of_ours {
  static caf::actor spawn(process_system& world, journal& events, trapping traps = trapping::no) {
    script what;
    what.handle_caf = [&events](caf::mailbox_element&) { events.add("message"); };
    what.handle = [](probe&, letter_ptr&) { return handled::end; };
    if (traps == trapping::yes)
      what.agrees_to_end = [&events](const caf::error& reason) {
        note_exit(events, reason);
        return false;
      };
    return handle_of(*world.spawn(std::move(what)));
  }
  static void end_normally(const caf::actor& who) {
    post(*static_cast<probe*>(caf::actor_cast<caf::abstract_actor*>(who)), 1);
  }
};

inline void link(const caf::actor& one, const caf::actor& other) {
  caf::actor_cast<caf::abstract_actor*>(one)->add_link(caf::actor_cast<caf::abstract_actor*>(other));
}

/// Hears how an actor ends.
class watcher {
public:
  watcher(process_system& world, const caf::actor& whom) : self_(world.system) { self_->monitor(whom); }

  caf::error reason() {
    std::optional<caf::error> reason;
    self_->receive([&](const caf::down_msg& down) { reason = down.reason; },
                   caf::after(caf::duration{patience}) >> [] { FAIL("it still lives"); });
    return *reason;
  }
  std::size_t unread() { return self_->mailbox().size(); }
  void stop_watching(const caf::actor& whom) { self_->demonitor(whom); }

private:
  caf::scoped_actor self_;
};

inline caf::error reason_of(process_system& world, const caf::actor& whom) {
  return watcher{world, whom}.reason();
}

/// Sends an int and waits until it is noted: everything sent before has had its effect.
inline std::vector<std::string> after_a_message(const caf::actor& who, journal& events, std::size_t lines) {
  caf::anon_send(who, 1);
  return events.wait_for(lines);
}

} // namespace lintel::testing
