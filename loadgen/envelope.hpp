#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace lintel::loadgen {

/// The five elements of a server message (Phoenix V2 text), as cut from the frame.
struct envelope {
  std::optional<std::string_view> join_ref; ///< empty: null
  std::optional<std::string_view> ref;      ///< empty: null
  std::string_view topic;
  std::string_view event;
  std::string_view payload; ///< the JSON object, braces included
};

/// Cuts `[join_ref,ref,"topic","event",{payload}]` without parsing JSON. The server promises
/// exactly this: compact, five elements, no escapes before the payload, refs null or the strings we
/// sent. Anything else is false, and the caller reports it.
[[nodiscard]] bool scan_envelope(std::string_view text, envelope& found);

/// Our refs are decimal strings without leading zeros; nothing else is a ref of ours.
std::optional<std::uint32_t> number_of(std::string_view ref) noexcept;

enum class reply_status : std::uint8_t { ok, error, unreadable };

/// The status of a phx_reply's payload, whichever of its two members comes first.
reply_status status_of(std::string_view payload) noexcept;

} // namespace lintel::loadgen
