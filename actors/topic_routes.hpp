#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace lintel::actors {

/// Which topics exist: "room:*" matches by prefix, anything else exactly (Phoenix.Socket `channel/3`).
class topic_routes {
public:
  explicit topic_routes(std::vector<std::string> patterns) : patterns_(std::move(patterns)) {}

  bool match(std::string_view topic) const noexcept {
    for (std::string_view pattern : patterns_)
      if (pattern.ends_with('*') ? topic.starts_with(pattern.substr(0, pattern.size() - 1)) : topic == pattern)
        return true;
    return false;
  }

private:
  std::vector<std::string> patterns_;
};

} // namespace lintel::actors
