#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <string_view>

namespace lintel::app {

/// How often static supervisors have started a child again, or were killed and went on: by the name of who restarted.
/// What restarts in place counts for itself. Any thread.
class restart_notes {
public:
  void note(const std::string& name) {
    std::lock_guard lock{mutex_};
    ++by_name_[name];
  }
  std::uint64_t of(std::string_view name) const {
    std::lock_guard lock{mutex_};
    const auto found = by_name_.find(name);
    return found == by_name_.end() ? 0 : found->second;
  }
  std::map<std::string, std::uint64_t, std::less<>> all() const {
    std::lock_guard lock{mutex_};
    return by_name_;
  }

private:
  mutable std::mutex mutex_;
  std::map<std::string, std::uint64_t, std::less<>> by_name_; // guarded by mutex_
};

} // namespace lintel::app
