#pragma once

#include "supervisors/supervisor_spec.hpp"
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace lintel::supervisors {

/// What a supervisor counts. Written by the supervisor, read by any thread; outlives it, so that
/// the one started in its place counts on. Each number is right by itself, the numbers
/// together are not one moment's.
class supervisor_stats {
public:
  using counter = std::atomic<std::uint64_t>;

  /// A child of the spec has a counter of its own; one added by start_child counts in `restarts`.
  explicit supervisor_stats(const supervisor_spec& spec) : children_(spec.children.size()) {
    for (std::size_t i = 0; i < children_.size(); ++i)
      children_[i].id = spec.children[i].id;
  }

  void count_restart(std::string_view id) {
    restarts.fetch_add(1, std::memory_order_relaxed);
    for (auto& child : children_)
      if (child.id == id)
        child.restarts.fetch_add(1, std::memory_order_relaxed);
  }

  /// 0 for an id that is not in the spec.
  [[nodiscard]] std::uint64_t restarts_of(std::string_view id) const {
    for (const auto& child : children_)
      if (child.id == id)
        return child.restarts.load(std::memory_order_relaxed);
    return 0;
  }

  counter kills = 0;        // of this supervisor, by operators
  counter restarts = 0;     // of all children, bystanders of a group included
  counter abandoned = 0;    // children that hung after a kill
  counter unexpected = 0;   // messages dropped

private:
  struct child_counter {
    std::string id;
    counter restarts = 0;
  };

  std::vector<child_counter> children_;   // fixed by the constructor: readers need no lock
};

} // namespace lintel::supervisors
