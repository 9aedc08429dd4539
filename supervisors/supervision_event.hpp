#pragma once

#include "supervisors/exit_class.hpp"
#include <cstdint>
#include <string_view>

namespace lintel::supervisors {

/// Something an operator may want to read, as told to supervisor_spec::observe. The texts live as
/// long as the call.
struct supervision_event {
  enum class kind : std::uint8_t {
    child_ended,          ///< by itself; `how` and `why` say how
    child_not_started,    ///< a start failed with `why`
    child_restarted,
    child_killed,         ///< it did not stop in time, or its spec says so
    child_abandoned,      ///< it hangs in a handler: a worker thread may be lost
    message_unexpected,   ///< to the supervisor itself; dropped
    incarnation_killed,   ///< an operator's kill of the supervisor
    finished,             ///< the supervisor ends for the reason `why`
  };

  kind what;
  std::string_view supervisor;
  std::string_view child;   // empty: about the supervisor itself
  exit_class how = exit_class::normal;
  std::string_view why;
};

} // namespace lintel::supervisors
