#pragma once

#include "history/durable_log.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <deque>
#include <string>
#include <unordered_map>

namespace lintel::history {

/// The idempotency keys of a topic's last five minutes (Centrifugo's window), and the offsets that their messages got.
/// Not thread-safe. Nothing is allocated before the first key.
class recent_keys {
public:
  static constexpr std::chrono::milliseconds window{300'000};
  static constexpr std::size_t count_max = 10'000; ///< the oldest go first

  /// 0: not seen.
  std::uint64_t find(const std::string& key, std::int64_t now_ms) {
    forget_before(now_ms - window.count());
    const auto found = offsets_.find(key);
    return found == offsets_.end() ? 0 : found->second;
  }

  void note(std::string key, std::uint64_t offset, std::int64_t at_ms) {
    if (in_order_.size() >= count_max)
      forget_oldest();
    in_order_.push_back({key, offset, at_ms});
    try {
      offsets_.insert_or_assign(std::move(key), offset);
    } catch (...) { // out of memory: in both, or in neither
      in_order_.pop_back();
      throw;
    }
  }

  /// Its message was not stored after all. Quick for those noted last.
  void forget(const std::string& key) {
    const auto found = offsets_.find(key);
    if (found == offsets_.end())
      return;
    const auto noted = std::find_if(in_order_.rbegin(), in_order_.rend(),
                                    [&](const auto& one) { return one.offset == found->second && one.key == key; });
    in_order_.erase(std::next(noted).base());
    offsets_.erase(found);
  }

  std::size_t size() const noexcept { return in_order_.size(); }

private:
  void forget_before(std::int64_t ms) {
    while (!in_order_.empty() && in_order_.front().at_ms < ms)
      forget_oldest();
  }
  void forget_oldest() {
    const auto found = offsets_.find(in_order_.front().key);
    if (found != offsets_.end() && found->second == in_order_.front().offset)
      offsets_.erase(found);
    in_order_.pop_front();
  }

  std::unordered_map<std::string, std::uint64_t> offsets_;
  std::deque<remembered_key> in_order_;
};

} // namespace lintel::history
