#pragma once

#include <span>

namespace lintel::actors {

/// Where the code of malloc and its like lies. A thread that is stopped in there may hold the lock of an arena, and
/// with it all who free what was taken from that arena.
class allocator_code {
public:
  /// Once, before the first question. Not in a signal handler.
  static void find() noexcept;
  /// Of a stack: one of its frames is in there. Safe in signal handlers.
  static bool contains_any(std::span<void* const> frames) noexcept;
};

} // namespace lintel::actors
