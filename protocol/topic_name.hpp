#pragma once

#include <string_view>

namespace lintel::protocol {

/// Topics and events: [A-Za-z0-9_.:~@#$%&*+=!/?-]{1,255}. No quote, comma, backslash or space: the
/// Kotlin client cuts the envelope at commas instead of parsing it, and one topic must not have two
/// spellings.
bool is_name(std::string_view text) noexcept;

/// Names that only the server may send: `phx_*`, `presence_state`, `presence_diff`, `presence_count`,
/// `stream_reset`. `phx_join` and `phx_leave` are the client's.
bool is_reserved_event(std::string_view event) noexcept;

} // namespace lintel::protocol
