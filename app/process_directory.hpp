#pragma once

#include "actors/light_process.hpp"

#include <map>
#include <mutex>
#include <string>
#include <vector>

namespace lintel::app {

/// The system's own light processes by the names that operators use: "registry", "listener/0". Any thread.
class process_directory {
public:
  void put(actors::process_ptr<actors::light_process> process) {
    std::lock_guard lock{mutex_};
    by_name_[process->name()] = std::move(process);
  }
  actors::process_ptr<actors::light_process> find(const std::string& name) const {
    std::lock_guard lock{mutex_};
    auto found = by_name_.find(name);
    return found == by_name_.end() ? nullptr : found->second;
  }
  std::vector<actors::process_ptr<actors::light_process>> all() const {
    std::lock_guard lock{mutex_};
    std::vector<actors::process_ptr<actors::light_process>> processes;
    for (const auto& [name, process] : by_name_)
      processes.push_back(process);
    return processes;
  }
  void clear() {
    std::lock_guard lock{mutex_};
    by_name_.clear();
  }

private:
  mutable std::mutex mutex_;
  std::map<std::string, actors::process_ptr<actors::light_process>> by_name_;
};

} // namespace lintel::app
