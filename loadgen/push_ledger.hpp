#pragma once

#include "base/ensure.hpp"
#include "loadgen/archive.hpp"

#include <cstdint>
#include <vector>

namespace lintel::loadgen {

enum class push_outcome : std::uint8_t { unanswered, ok, error };

/// What every sender pushed, and how each push was answered. The sequence n of a sender is entry n
/// - 1.
class push_ledger {
public:
  push_ledger() = default;
  explicit push_ledger(std::uint32_t sender_count) : outcomes_(sender_count) {}

  /// Enters a push; its sequence number, from 1.
  std::uint32_t pushed(std::uint32_t sender) {
    outcomes_[sender].push_back(push_outcome::unanswered);
    return static_cast<std::uint32_t>(outcomes_[sender].size());
  }

  void answered(std::uint32_t sender, std::uint32_t sequence, push_outcome outcome) {
    base::ensure(sequence >= 1 && sequence <= outcomes_[sender].size(), "only a push is answered");
    outcomes_[sender][sequence - 1] = outcome;
  }

  std::size_t sender_count() const noexcept { return outcomes_.size(); }
  const std::vector<push_outcome>& of(std::uint32_t sender) const { return outcomes_[sender]; }

  /// Appends the senders of another thread, whose numbers follow ours.
  void append(push_ledger&& other) {
    for (std::vector<push_outcome>& outcomes : other.outcomes_)
      outcomes_.push_back(std::move(outcomes));
  }

  void save(archive_writer& out) const {
    out.put(outcomes_.size());
    for (const std::vector<push_outcome>& outcomes : outcomes_)
      out.put(outcomes);
  }

  void load(archive_reader& in) {
    outcomes_.resize(in.get<std::size_t>());
    for (std::vector<push_outcome>& outcomes : outcomes_)
      in.get(outcomes);
  }

private:
  std::vector<std::vector<push_outcome>> outcomes_;
};

} // namespace lintel::loadgen
