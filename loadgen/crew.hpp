#pragma once

#include "loadgen/channel.hpp"
#include "loadgen/clock.hpp"

#include <cstdint>
#include <functional>
#include <thread>
#include <vector>

namespace lintel::loadgen {

/// Threads with a descriptor table of their own each (unshare(2)), and a channel to each. The limit of descriptors is
/// one of tables: so a process holds as many sockets as its threads together. Processes could do it as well, but dearer
/// where something keeps looking into /proc/PID/fd, which shows the table of the first thread only: 51 processes with
/// 19,700 sockets cost a fifth of a core more that way, and a tenth more memory.
class crew {
public:
  /// Runs in thread `number`; when it returns the thread ends. What it throws arrives as a `failure` note.
  using body = std::function<void(std::uint32_t number, channel& conductor)>;

  crew(std::uint32_t count, const body& run);
  /// Hangs up and waits for the threads, whose sockets are then closed.
  ~crew();
  crew(const crew&) = delete;
  crew& operator=(const crew&) = delete;

  void tell_all(note_kind kind, std::string_view text = {});

  /// Waits up to `limit` and hands out the notes that came. Throws cannot_run when a thread failed, or ended before its
  /// result.
  void pump(nanoseconds limit, const std::function<void(std::uint32_t, const note&)>& noted);

  std::uint32_t size() const noexcept { return static_cast<std::uint32_t>(members_.size()); }

private:
  struct member {
    channel link;
    std::thread thread;
    bool has_result = false;
    bool is_gone = false;
  };

  void start(std::uint32_t number, const body& run);
  void hang_up() noexcept;
  void take_notes(std::uint32_t number, const std::function<void(std::uint32_t, const note&)>& noted);

  std::vector<member> members_;
};

} // namespace lintel::loadgen
