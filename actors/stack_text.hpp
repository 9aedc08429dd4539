#pragma once

#include <span>
#include <string>

namespace lintel::actors {

/// One line per frame: its number, the function if the programme exports it, and where to look it up (addr2line -e).
/// Allocates; not for signal handlers.
std::string stack_text(std::span<void* const> frames);

} // namespace lintel::actors
