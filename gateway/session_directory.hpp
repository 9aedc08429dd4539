#pragma once

#include "actors/connection_id.hpp"

#include <array>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>

namespace lintel::gateway {

/// Which connection holds which session (`sid` of a client's URL). Any thread; a lock per connect and disconnect of
/// those that name one.
class session_directory {
public:
  /// The session is `whose` from here on. Returns who held it before.
  std::optional<actors::connection_id> claim(const std::string& sid, const actors::connection_id& whose) {
    auto& s = share_of(sid);
    std::lock_guard lock{s.mutex};
    const auto [found, is_new] = s.holders.try_emplace(sid, whose);
    if (is_new)
      return std::nullopt;
    return std::exchange(found->second, whose);
  }

  /// Unless somebody else has it by now.
  void release(const std::string& sid, const actors::connection_id& whose) {
    auto& s = share_of(sid);
    std::lock_guard lock{s.mutex};
    const auto found = s.holders.find(sid);
    if (found != s.holders.end() && found->second == whose)
      s.holders.erase(found);
  }

private:
  struct share {
    std::mutex mutex;
    std::unordered_map<std::string, actors::connection_id> holders; // guarded by mutex
  };
  share& share_of(const std::string& sid) { return shares_[std::hash<std::string>{}(sid) % shares_.size()]; }

  std::array<share, 16> shares_;
};

} // namespace lintel::gateway
