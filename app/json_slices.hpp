#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lintel::app {

/// The text of JSON, cut into its parts: for what is passed on as it came, byte by byte. Views into the text.
struct json_member {
  std::string key; ///< unescaped
  std::string_view value;
};

/// Of one object, in its order. nullopt: the text is anything else than one valid object in UTF-8, or names a member
/// twice. Does not recurse, however deep the text is nested.
std::optional<std::vector<json_member>> members_of(std::string_view object);

/// The same for an array.
std::optional<std::vector<std::string_view>> elements_of(std::string_view array);

/// The text of one JSON string, unescaped. nullopt: it is none.
std::optional<std::string> string_of(std::string_view value);

} // namespace lintel::app
