#pragma once

#include "actors/light_process.hpp"
#include "tests/support/probe.hpp"
#include <caf/scoped_actor.hpp>
#include <caf/sec.hpp>
#include <caf/send.hpp>
#include <caf/system_messages.hpp>
#include <catch2/catch.hpp>
#include <optional>

// What any CAF actor expects of another one.
namespace lintel::testing {

using lintel::actors::counter;

inline const auto wait_at_most = caf::duration{patience};

inline caf::error reason_of_down(caf::scoped_actor& self) {
  std::optional<caf::error> reason;
  self->receive([&](const caf::down_msg& down) { reason = down.reason; },
                caf::after(patience) >> [] { FAIL("nobody went down"); });
  return *reason;
}

/// Sends a request that the process does not understand.
inline caf::error error_of_request(process_system& world, light_process& to) {
  std::optional<caf::error> error;
  caf::scoped_actor self{world.system};
  self->request(handle_of(to), wait_at_most, 42)
      .receive([] { FAIL("answered"); }, [&](const caf::error& e) { error = e; });
  return *error;
}

inline script ends_at(int last) {
  script what;
  what.handle = [last](probe&, letter_ptr& mail) { return number_of(*mail) == last ? handled::end : handled::done; };
  return what;
}

inline script notes_its_end(journal& events) {
  script what;
  what.ended = [&events](const caf::error& reason) { events.add(reason ? caf::to_string(reason) : "none"); };
  return what;
}

/// Ends `p` and returns once it has: everything that a dead process does is visible then.
inline void end(process_system& world, light_process& p) {
  caf::scoped_actor self{world.system};
  self->monitor(handle_of(p));
  caf::anon_send_exit(handle_of(p), caf::exit_reason::user_shutdown);
  reason_of_down(self);
}

} // namespace lintel::testing
