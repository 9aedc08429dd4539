#pragma once

#include <cstdint>

namespace lintel::supervisors {

/// What a supervisor needs to know about the end of a child.
enum class exit_class : std::uint8_t {
  normal,     ///< it had nothing left to do
  shutdown,   ///< it was asked to stop, or a supervisor below ended on purpose
  gave_up,    ///< a supervisor below used up its restarts
  crash,      ///< an exception, an error
  kill,       ///< exit_reason::kill: by an operator, or because it did not stop in time
};

/// OTP's "normal, shutdown or {shutdown, _}". A supervisor that gave up counts as a shutdown (R5),
/// so a *transient* one is not started again: supervisors of a static tree are permanent.
constexpr bool is_orderly(exit_class how) {
  return how <= exit_class::gave_up;
}

} // namespace lintel::supervisors
