#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace lintel::protocol {

/// Finds keys that a map holds twice, at every level of one message. Keeps hashes, not keys: equal
/// keys are always found; two different ones are confused with a chance of 2^-64, and whoever
/// manages that has only had his own message refused.
class key_ledger {
public:
  void clear() noexcept;
  void open();
  /// To the map opened last and not closed yet.
  void add(std::string_view key);
  /// Closes the map opened last. False: it holds a key twice.
  [[nodiscard]] bool close();

private:
  std::vector<std::uint64_t> hashes_; ///< of all open maps, one behind the other
  std::vector<std::size_t> first_;    ///< where each open map begins
};

} // namespace lintel::protocol
