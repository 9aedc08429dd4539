#pragma once

#include "actors/role.hpp"

#include <chrono>
#include <deque>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

namespace lintel::app {

/// How a browser gets in without a key being typed: a link with a secret that works once, and the key that it is
/// exchanged for. Both live in memory: a server that starts again forgets them, and a key that is not used for long is
/// forgotten, too. Any thread; `now` must not go backwards by much.
class page_sessions {
public:
  using clock = std::chrono::steady_clock;
  static constexpr auto link_lifetime = std::chrono::hours{1};    ///< a terminal is read later than it is written
  static constexpr auto unused_lifetime = std::chrono::hours{12}; ///< of a key that nobody shows
  static constexpr std::size_t links_max = 16;                    ///< unused ones; the oldest goes
  static constexpr std::size_t sessions_max = 64;                 ///< browsers; the one that came first goes

  /// The secret of a new link.
  std::string new_link(actors::role may, clock::time_point now);

  struct session {
    std::string key;
    actors::role may = actors::role::none;
  };
  /// The link is used up with this. Nothing: there is none such, or it was used, or is too old.
  std::optional<session> exchange(std::string_view link, clock::time_point now);

  /// To show a key is to use it.
  actors::role role_of(std::string_view key, clock::time_point now);
  /// The same for a key in base64 without padding, in either alphabet.
  actors::role role_of_base64(std::string_view text, clock::time_point now);
  /// From here on it opens nothing; sockets that it has opened stay. The role that it had; none: there is no such key.
  actors::role forget(std::string_view key, clock::time_point now);

private:
  struct link {
    std::string secret;
    actors::role may;
    clock::time_point until;
  };
  struct known_session {
    std::string key;
    std::string base64;
    actors::role may;
    clock::time_point used;
  };
  void drop_unused(clock::time_point now);

  mutable std::mutex mutex_;
  std::deque<link> links_;             // oldest first; guarded by mutex_
  std::deque<known_session> sessions_; // oldest first; guarded by mutex_
};

} // namespace lintel::app
