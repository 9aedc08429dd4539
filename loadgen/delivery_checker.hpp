#pragma once

#include "loadgen/delivery_log.hpp"
#include "loadgen/push_ledger.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace lintel::loadgen {

/// Counts are in deliveries: a message that two members miss is two losses.
struct delivery_verdict {
  std::uint64_t pushes = 0;
  std::uint64_t answered_ok = 0;
  std::uint64_t answered_error = 0;
  std::uint64_t unanswered = 0;

  std::uint64_t expected = 0;   ///< deliveries that had to happen
  std::uint64_t lost = 0;       ///< answered ok, or seen by another member, and not delivered
  std::uint64_t duplicated = 0; ///< the same message again at the same member
  std::uint64_t reordered = 0; ///< after a later message of its sender, or against the room's order
  std::uint64_t foreign = 0;   ///< never sent, or sent to another room
  std::uint64_t unjudged = 0;  ///< members whose list was cut at delivery_log::tails_max

  std::string first_loss; ///< examples for a person; empty when there is none
  std::string first_duplicate;
  std::string first_reorder;
  std::string first_foreign;

  bool is_clean() const noexcept {
    return lost == 0 && duplicated == 0 && reordered == 0 && foreign == 0 && unjudged == 0;
  }
};

/// The contract, checked after the run over all threads: a push that was answered ok reaches
/// every member of its room exactly once; what one member saw all saw (also of pushes answered with
/// an error or not at all); each sender's messages stay in order; all members of a room see one
/// total order. The order that most members saw is the reference.
class delivery_checker {
public:
  explicit delivery_checker(std::uint32_t room_count) : room_count_(room_count) {}

  /// One generator thread's view.
  void add(delivery_record record) { records_.push_back(std::move(record)); }

  /// `ledger` holds all senders of all threads; sender s sits in room s % room_count.
  delivery_verdict judge(const push_ledger& ledger) const;

private:
  std::uint32_t room_count_;
  std::vector<delivery_record> records_;
};

} // namespace lintel::loadgen
