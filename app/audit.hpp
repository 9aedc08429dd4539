#pragma once

#include "actors/role.hpp"

#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace lintel::app {

/// A line in the log for what somebody has done to the server: what, to whom, how many, with which role, from where.
/// What could forge a line is replaced. Any thread.
void audit(std::string_view action, std::string_view whom, std::uint64_t count, std::string_view source,
           actors::role needed = actors::role::admin);

/// The first few: a log line is for people.
std::string first_of(const std::vector<std::string>& names);

/// What clients without a key have done to their own actors, and in experiments to rooms: anybody may, as often as they
/// like, so there is a line a second for each kind. Nothing is lost without being counted. Any thread.
class client_strikes {
public:
  void note(std::string_view action, std::string whom, std::string source);
  /// The lines of what was noted since the last call.
  void write();

private:
  struct tally {
    std::uint64_t count = 0;
    std::vector<std::string> whom; ///< the first few, each once
    std::vector<std::string> sources;
  };
  std::mutex mutex_;
  std::map<std::string, tally, std::less<>> by_action_; // guarded by mutex_
};

} // namespace lintel::app
