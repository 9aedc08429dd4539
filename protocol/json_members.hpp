#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace lintel::protocol {

enum class json_type : std::uint8_t { null, boolean, number, string, array, object };

/// One member of a JSON object, as it stands in the text.
struct json_member {
  std::string_view key;   ///< unescaped
  json_type type;         ///< of the value
  std::string_view value; ///< its text: quotes, brackets and escapes included
  std::string_view text;  ///< from the quote of the key to the end of the value
};

/// Calls `visit` for each member of the object's first level, in the order of the text. `object` is the text of one
/// JSON object that a decoder has let in; anything else throws base::broken_invariant. The views live as long as
/// `object`, `key` only during the call.
void visit_members(std::string_view object, const std::function<void(const json_member&)>& visit);

/// The characters of a JSON string, `text` with its quotes.
std::string unescape_json(std::string_view text);

} // namespace lintel::protocol
