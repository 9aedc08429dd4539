#pragma once

#include "actors/connection_id.hpp"

#include <array>
#include <chrono>
#include <cstdint>
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
  using time_point = std::chrono::steady_clock::time_point;
  static constexpr std::uint32_t moves_max = 20; ///< from socket to socket, per window
  static constexpr auto window = std::chrono::seconds{10};

  /// False: the session moves without rest. Two clients have one `sid` then, a tab and its copy, and each comes back as
  /// soon as the other has taken the session. Who has it keeps it until the window is over.
  bool may_claim(const std::string& sid, time_point now) {
    auto& s = share_of(sid);
    std::lock_guard lock{s.mutex};
    const auto found = s.holders.find(sid);
    return found == s.holders.end() || found->second.moves < moves_max || now >= found->second.window_ends;
  }

  /// The session is `whose` from here on. Returns who held it before.
  std::optional<actors::connection_id> claim(const std::string& sid, const actors::connection_id& whose,
                                             time_point now) {
    auto& s = share_of(sid);
    std::lock_guard lock{s.mutex};
    const auto [found, is_new] = s.holders.try_emplace(sid, holder{whose, now + window});
    if (is_new)
      return std::nullopt;
    auto& h = found->second;
    if (now >= h.window_ends)
      h = {h.who, now + window};
    ++h.moves;
    return std::exchange(h.who, whose);
  }

  /// Unless somebody else has it by now.
  void release(const std::string& sid, const actors::connection_id& whose) {
    auto& s = share_of(sid);
    std::lock_guard lock{s.mutex};
    const auto found = s.holders.find(sid);
    if (found != s.holders.end() && found->second.who == whose)
      s.holders.erase(found);
  }

private:
  struct holder {
    actors::connection_id who;
    time_point window_ends;
    std::uint32_t moves = 0;
  };
  struct share {
    std::mutex mutex;
    std::unordered_map<std::string, holder> holders; // guarded by mutex
  };
  share& share_of(const std::string& sid) { return shares_[std::hash<std::string>{}(sid) % shares_.size()]; }

  std::array<share, 16> shares_;
};

} // namespace lintel::gateway
