#pragma once

#include <string>
#include <string_view>

namespace lintel::actors {

/// An event about presence, for members; `payload` is a JSON object.
struct presence_news {
  std::string_view event; ///< a literal: presence_state, presence_diff or presence_count
  std::string payload;
};

} // namespace lintel::actors
