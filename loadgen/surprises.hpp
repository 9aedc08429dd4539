#pragma once

#include "loadgen/archive.hpp"

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace lintel::loadgen {

/// What a server that keeps its promises never does to us.
enum class surprise : std::uint8_t {
  broken_frame,         ///< not a WebSocket frame a server may send; the connection is given up
  unreadable_message,   ///< no compact five-element envelope, or a payload that is not ours
  unexpected_event,     ///< an event nobody asked for, phx_error and phx_close included
  foreign_topic,        ///< a message of a room that this connection has not joined
  unknown_reply,        ///< a reply to a ref that was never sent
  repeated_reply,       ///< a second reply to one ref
  refused_heartbeat,    ///< a heartbeat answered with something other than ok
  unanswered_heartbeat, ///< the next heartbeat was due and the last one had no answer
  refused_in_hall,      ///< a join of the hall or a push to it answered with something other than ok
};
inline constexpr std::size_t surprise_count =
    static_cast<std::size_t>(surprise::refused_in_hall) + 1;

std::string_view name_of(surprise kind) noexcept;

/// Counted by kind, each with the first example seen. Nothing unexpected is ever dropped without a
/// trace.
class surprises {
public:
  void note(surprise kind, std::string_view example);
  void merge(const surprises& other);

  std::uint64_t count(surprise kind) const noexcept { return counts_[index(kind)]; }
  const std::string& example(surprise kind) const noexcept { return examples_[index(kind)]; }
  std::uint64_t total() const noexcept;

  void save(archive_writer& out) const;
  void load(archive_reader& in);

  /// Of one example: enough to recognise a frame, short enough for one line of a report.
  static constexpr std::size_t example_bytes_max = 160;

private:
  static std::size_t index(surprise kind) noexcept { return static_cast<std::size_t>(kind); }

  std::array<std::uint64_t, surprise_count> counts_{};
  std::array<std::string, surprise_count> examples_;
};

} // namespace lintel::loadgen
