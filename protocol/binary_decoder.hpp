#pragma once

#include "protocol/decoder.hpp"

#include <string_view>

namespace lintel::protocol {

/// Reads a Phoenix binary push, kind 0 as clients send it (v2_json_serializer.ex):
///   00 | sizes of join_ref, ref, topic, event | join_ref | ref | topic | event | payload
/// A ref of length 0 is null. The result refers to `bytes`.
decoded decode_binary_push(std::string_view bytes) noexcept;

} // namespace lintel::protocol
