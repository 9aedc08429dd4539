#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <string>
#include <vector>

namespace lintel::actors {

/// One actor started, restarted or ended.
struct actor_event {
  enum class kind : std::uint8_t { spawn, restart, exit };
  kind what;
  std::string name;
  std::uint32_t incarnation; ///< that began, or that was the last
  std::string why;           ///< what ended the one before; empty for a spawn and an ordered end
};

/// What becomes of actors, for those who watch. While nobody does, an event costs one load; a burst keeps its newest
/// events and counts the others. Any thread.
class actor_events {
public:
  static constexpr std::size_t events_max = 100; ///< kept between two looks: more than a person reads

  bool is_watched() const noexcept { return is_watched_.load(std::memory_order_relaxed); }
  void set_watched(bool watched);
  void report(actor_event what);

  struct batch {
    std::vector<actor_event> events; ///< oldest first
    std::uint64_t spawned = 0;       ///< how many there were, kept or not
    std::uint64_t restarted = 0;
    std::uint64_t ended = 0;
    bool is_empty() const noexcept { return spawned + restarted + ended == 0; }
  };
  /// Everything since the last call.
  batch take();

private:
  std::atomic<bool> is_watched_{false};
  std::mutex mutex_;
  batch pending_;          // guarded by mutex_
  std::size_t oldest_ = 0; // of pending_.events once it is full; guarded by mutex_
};

} // namespace lintel::actors
