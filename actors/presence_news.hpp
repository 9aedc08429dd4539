#pragma once

#include <string>
#include <string_view>

namespace lintel::actors {

/// An event about presence, for members, or another one that greets who joins; `payload` is a JSON object.
struct presence_news {
  std::string_view event; ///< a literal: presence_state, presence_diff or presence_count; of a system topic: history
  std::string payload;
};

} // namespace lintel::actors
