#pragma once

#include "history/durable_log.hpp"

#include <boost/circular_buffer.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace lintel::history {

/// The newest messages of one topic, in memory: all there is of a topic that is kept in memory, or the tail of one on
/// disk. Not thread-safe. Costs 24 bytes per message beside the message itself, nothing while there is none.
class stream {
public:
  explicit stream(std::string epoch, std::uint64_t last = 0) : epoch_(std::move(epoch)), last_(last) {}

  const std::string& epoch() const noexcept { return epoch_; }
  std::uint64_t last() const noexcept { return last_; } ///< offset of the newest message ever; 0: none
  /// Offset of the oldest message that is here; last() + 1: none.
  std::uint64_t first() const noexcept { return last_ - entries_.size() + 1; }
  std::size_t size() const noexcept { return entries_.size(); }
  std::uint64_t bytes() const noexcept { return bytes_; } ///< of events and payloads

  /// Its offset must be last() + 1.
  void append(entry what, const retention& keep);
  /// Forgets what is beyond `keep`; the offsets go on.
  void trim(const retention& keep, std::int64_t now_ms);

  /// Whether everything behind `offset` is here.
  bool reaches_back_to(std::uint64_t offset) const noexcept { return offset <= last_ && offset + 1 >= first(); }
  /// What is here of that range.
  std::vector<entry> read(const range& which) const;

private:
  void drop_first() noexcept;

  std::string epoch_;
  std::uint64_t last_;
  std::uint64_t bytes_ = 0;
  boost::circular_buffer<entry> entries_;
};

/// What a message counts for in retentions and ranges.
std::uint64_t bytes_of(const entry& one) noexcept;

/// Milliseconds of the wall clock since 1970, for entry::at_ms.
std::int64_t wall_clock_ms() noexcept;

} // namespace lintel::history
