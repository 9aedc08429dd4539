#pragma once

#include "loadgen/channel.hpp"
#include "loadgen/clock.hpp"

#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <vector>

namespace lintel::loadgen {

/// Forked processes, each with its own descriptor table, and a channel to each. They die with this
/// one.
class process_group {
public:
  /// Runs in the forked process `number`; when it returns the process ends. What it throws arrives
  /// as a `failure` note.
  using body = std::function<void(std::uint32_t number, channel& conductor)>;

  process_group(std::uint32_t count, const body& run);
  /// Hangs up and waits for the processes; one that stays is killed after a grace period.
  ~process_group();
  process_group(const process_group&) = delete;
  process_group& operator=(const process_group&) = delete;

  void tell_all(note_kind kind, std::string_view text = {});

  /// Waits up to `limit` and hands out the notes that came. Throws cannot_run when a process
  /// failed, or died before its result.
  void pump(nanoseconds limit, const std::function<void(std::uint32_t, const note&)>& noted);

  std::uint32_t size() const noexcept { return static_cast<std::uint32_t>(members_.size()); }

private:
  struct member {
    pid_t pid;
    channel link;
    bool has_result = false;
    bool is_gone = false;
  };

  void start(std::uint32_t number, const body& run);
  void take_notes(std::uint32_t number,
                  const std::function<void(std::uint32_t, const note&)>& noted);

  std::vector<member> members_;
};

} // namespace lintel::loadgen
