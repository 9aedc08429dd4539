#include "protocol/key_ledger.hpp"

#include <algorithm>
#include <functional>

namespace lintel::protocol {

void key_ledger::clear() noexcept {
  hashes_.clear();
  first_.clear();
}

void key_ledger::open() { first_.push_back(hashes_.size()); }

void key_ledger::add(std::string_view key) { hashes_.push_back(std::hash<std::string_view>{}(key)); }

bool key_ledger::close() {
  const auto first = hashes_.begin() + static_cast<std::ptrdiff_t>(first_.back());
  // Sorting keeps a map of thousands of keys from costing millions of comparisons.
  std::sort(first, hashes_.end());
  const bool is_unique = std::adjacent_find(first, hashes_.end()) == hashes_.end();
  hashes_.erase(first, hashes_.end());
  first_.pop_back();
  return is_unique;
}

} // namespace lintel::protocol
