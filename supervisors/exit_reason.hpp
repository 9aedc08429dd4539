#pragma once

#include "supervisors/exit_class.hpp"
#include "supervisors/supervisor_command.hpp"
#include <caf/error.hpp>
#include <cstdint>
#include <string>

namespace lintel::supervisors {

/// Why a supervisor quits when nobody asked it to, as the code of a caf::error of the category
/// `supervisor` with a sentence as its context.
enum class errc : std::uint8_t { gave_up = 1, failed_to_start = 2 };

/// The reason a supervisor quits with. Asked to stop, or shut down by itself after a significant
/// child: exit_reason::user_shutdown. Otherwise an `errc`, so that whoever monitors it can tell.
[[nodiscard]] caf::error exit_reason_of(const finish& ending);

/// A supervisor that gave up or could not start is `gave_up`; a reason without a class is `crash`.
[[nodiscard]] exit_class class_of(const caf::error& reason);

/// For people to read; of bounded length.
[[nodiscard]] std::string text_of(const caf::error& reason);

} // namespace lintel::supervisors
