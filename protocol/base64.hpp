#pragma once

#include <string>
#include <string_view>

namespace lintel::protocol {

/// Appends `bytes` in the standard alphabet, padded (RFC 4648 4).
void append_base64(std::string& out, std::string_view bytes);

} // namespace lintel::protocol
