#pragma once

#include <chrono>
#include <optional>

namespace lintel::actors {

/// Where a worker waits when it has nothing to run: the seam between the scheduler and the sockets.
/// Everything runs on the worker's thread; wake() is for everybody else.
class reactor {
public:
  using clock = std::chrono::steady_clock;
  virtual ~reactor() = default;

  /// Called on each thread that the worker runs on, before anything else there.
  virtual void start() {}

  /// Called once, on the worker's thread, after everything else: what was opened there is closed there.
  virtual void finish() noexcept {}

  /// Takes what the sockets have. Sleeps until `until` when nothing is ready; for ever when nullopt; not at all
  /// when `until` has passed. Returns true if anything happened.
  virtual bool poll(std::optional<clock::time_point> until) = 0;

  /// What this turn produced leaves now, or as much of it as does not hold up everybody else.
  virtual void end_turn() {}

  /// Some is left for the next turn.
  virtual bool has_output() const noexcept { return false; }

  /// Ends a poll() that sleeps, or makes the next one return at once.
  virtual void wake() noexcept = 0;
};

} // namespace lintel::actors
