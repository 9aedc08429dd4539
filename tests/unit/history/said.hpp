#pragma once

#include "history/stream.hpp"

#include <string>
#include <string_view>

namespace lintel::testing {

/// A message of "said" with this payload; counts for 4 bytes and its payload.
inline history::entry said(std::uint64_t offset, std::int64_t at_ms = 1000, std::string_view payload = "{}") {
  return {offset, at_ms,
          protocol::message::copy_of(
              {.topic = "room:a", .event = "said", .payload = {protocol::payload_format::json, payload, true}})};
}

} // namespace lintel::testing
