#pragma once

#include "protocol/message.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace lintel::protocol {

/// `recover` among the parameters of a join: the channel wants to know offsets, and what it has missed since.
struct recover_request {
  bool is_wanted = false;
  bool is_valid = true;    ///< false: `recover` is neither a boolean nor an object as below
  bool has_offset = false; ///< {"epoch":"3f9c","offset":1042,"limit":300}; else true
  std::string epoch;
  std::uint64_t offset = 0;
  std::uint32_t limit = UINT32_MAX;
};
recover_request recover_in(const payload_view& join);

/// `idem` of a push: a retry with the same key is not published again. Empty: none. nullopt: not a string of 1 to 64
/// bytes.
std::optional<std::string> idem_in(const payload_view& push);

/// {"after":n,"before":n,"limit":n} of the event `history`, each optional. `after` alone reads forward from there,
/// anything else backwards from `before` or the newest. nullopt: a member is no offset.
struct history_query {
  std::uint64_t after = 0;
  std::uint64_t before = UINT64_MAX;
  std::uint32_t limit = 100;
  bool is_newest_first = true;
};
std::optional<history_query> history_query_in(const payload_view& push);

/// {"offset":n} of the event `ack`.
std::optional<std::uint64_t> acknowledged_in(const payload_view& push);

} // namespace lintel::protocol
