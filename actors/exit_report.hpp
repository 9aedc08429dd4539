#pragma once

#include "actors/letter_history.hpp"
#include "actors/trace_id.hpp"
#include "supervisors/restart_ledger.hpp"

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace lintel::actors {

/// How the incarnation before the present one ended.
enum class exit_kind : std::uint8_t {
  none, ///< there was none
  killed,
  crashed,
  stuck, ///< its handler was abandoned
};

/// Why an incarnation ended.
struct exit_report {
  supervisors::failure how;
  std::string what;                              ///< the exception's text, or the order
  letter_kind during;                            ///< what it was handling
  trace_id trace = 0;                            ///< of the client's request at hand
  std::chrono::steady_clock::time_point since{}; ///< a kill: when it was ordered
  bool is_stuck = false;                         ///< its handler was abandoned

  exit_kind kind() const noexcept {
    return is_stuck ? exit_kind::stuck : how == supervisors::failure::kill ? exit_kind::killed : exit_kind::crashed;
  }
};

/// What becomes of the process.
struct exit_sequel {
  enum class step : std::uint8_t {
    restart,
    back_off, ///< restart after `delay`
    give_up,  ///< past its budget
    stop,     ///< it was about to end anyway
  };
  step next;
  std::chrono::nanoseconds delay{0};
  std::uint32_t restarts_left = supervisors::verdict::no_limit;
};

/// The one line about a crash, in logfmt (key=value, values quoted where they need it):
///
///   exit actor=c0-17-3 incarnation=4 reason="..." during=inbound_frame last=inbound_frame,room_join restarts_left=3
///   next="back_off 50ms" trace=9f86d081884c7d65
///
/// `last`: kinds of the letters it took, latest first, the one at hand included. The reason is cut to 200 bytes.
/// A name or a reason may hold what a stranger chose: control characters, quotes and bytes beyond ASCII are escaped, so
/// that nobody writes lines of his own into the log. Nothing of a payload is in it unless an exception's text has it:
/// texts of exceptions are literals, or the system's.
std::string exit_line(std::string_view actor, std::uint32_t incarnation, const exit_report& report,
                      const letter_history& last, const exit_sequel& sequel);

/// A value of a logfmt line: as it is, or in quotes and escaped where it has to be; at most `bytes_max` bytes of it.
std::string logfmt_value(std::string_view text, std::size_t bytes_max);

} // namespace lintel::actors
