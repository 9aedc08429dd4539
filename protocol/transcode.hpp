#pragma once

#include "protocol/message.hpp"

#include <string>

namespace lintel::protocol {

/// Appends a payload as one JSON value. MessagePack `bin` becomes a base64 string, an opaque binary
/// payload
/// {"encoding":"base64","data":"..."}. The decoder let only representable values in, so this cannot
/// fail; a payload that breaks that promise throws base::broken_invariant.
void append_json(std::string& out, const payload_view& payload);

/// Appends a payload as one MessagePack value; an opaque binary payload becomes `bin`.
void append_msgpack(std::string& out, const payload_view& payload);

/// Appends `text` as a JSON string, quotes included.
void append_json_string(std::string& out, std::string_view text);

} // namespace lintel::protocol
