#include "loadgen/delivery_checker.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <optional>
#include <span>

namespace lintel::loadgen {

namespace {

constexpr std::uint32_t nowhere = std::numeric_limits<std::uint32_t>::max();

/// One order of messages, and how many members saw exactly it.
struct sighting {
  std::vector<message_key> order;
  std::uint32_t members = 0;
  std::uint32_t example_member = nowhere; ///< known for odd members only
  bool is_truncated = false;
};

/// Judges one room. Messages of the room are numbered densely: `base_of_[sender] + sequence - 1`.
class room_judge {
public:
  room_judge(std::uint32_t room, std::uint32_t room_count, const push_ledger& ledger)
      : room_(room), room_count_(room_count), ledger_(ledger) {
    for (std::uint32_t sender = room; sender < ledger.sender_count(); sender += room_count) {
      base_of_.push_back(message_count_);
      message_count_ += static_cast<std::uint32_t>(ledger.of(sender).size());
    }
  }

  void judge(std::span<const sighting> sightings, delivery_verdict& verdict) {
    require_answered();
    const sighting* reference = nullptr;
    for (const sighting& seen : sightings) {
      for (const message_key key : seen.order)
        if (const auto number = number_of(key))
          is_required_[*number] = true;
      if (reference == nullptr || rank(seen) > rank(*reference))
        reference = &seen;
    }
    if (reference != nullptr)
      take_reference(*reference);
    for (const sighting& seen : sightings)
      judge_one(seen, verdict);
  }

private:
  static std::pair<std::uint32_t, std::size_t> rank(const sighting& seen) {
    return {seen.members, seen.order.size()};
  }

  std::uint32_t slot_of(std::uint32_t sender) const noexcept { return sender / room_count_; }

  std::optional<std::uint32_t> number_of(message_key key) const {
    if (key.sender >= ledger_.sender_count() || key.sender % room_count_ != room_)
      return std::nullopt;
    if (key.sequence == 0 || key.sequence > ledger_.of(key.sender).size())
      return std::nullopt;
    return base_of_[slot_of(key.sender)] + key.sequence - 1;
  }

  message_key key_of(std::uint32_t number) const {
    const auto after = std::upper_bound(base_of_.begin(), base_of_.end(), number);
    const auto slot = static_cast<std::uint32_t>(after - base_of_.begin() - 1);
    return {slot * room_count_ + room_, number - base_of_[slot] + 1};
  }

  void require_answered() {
    is_required_.assign(message_count_, false);
    for (std::uint32_t sender = room_; sender < ledger_.sender_count(); sender += room_count_) {
      const std::vector<push_outcome>& outcomes = ledger_.of(sender);
      for (std::uint32_t i = 0; i < outcomes.size(); ++i)
        if (outcomes[i] == push_outcome::ok)
          is_required_[base_of_[slot_of(sender)] + i] = true;
    }
  }

  void take_reference(const sighting& reference) {
    position_.assign(message_count_, nowhere);
    std::uint32_t position = 0;
    for (const message_key key : reference.order) {
      const auto number = number_of(key);
      if (number && position_[*number] == nowhere)
        position_[*number] = position++;
    }
  }

  void judge_one(const sighting& seen, delivery_verdict& verdict) {
    std::vector<bool> has_arrived(message_count_, false);
    std::vector<std::uint32_t> last_sequence(base_of_.size(), 0);
    std::uint32_t furthest = 0;
    for (const message_key key : seen.order) {
      const auto number = number_of(key);
      if (!number) {
        count(verdict.foreign, verdict.first_foreign, seen, key, "got a message nobody sent here");
        continue;
      }
      if (has_arrived[*number]) {
        count(verdict.duplicated, verdict.first_duplicate, seen, key, "got it again");
        continue;
      }
      has_arrived[*number] = true;
      const std::uint32_t position = position_[*number];
      std::uint32_t& last = last_sequence[slot_of(key.sender)];
      if (key.sequence < last)
        count(verdict.reordered, verdict.first_reorder, seen, key,
              fmt::format("got it after message {} of that sender", last));
      else if (position != nowhere && position < furthest)
        count(verdict.reordered, verdict.first_reorder, seen, key,
              "got it in another order than most members");
      last = std::max(last, key.sequence);
      if (position != nowhere)
        furthest = std::max(furthest, position);
    }
    judge_missing(seen, has_arrived, verdict);
  }

  void judge_missing(const sighting& seen, const std::vector<bool>& has_arrived,
                     delivery_verdict& verdict) const {
    if (seen.is_truncated) {
      verdict.unjudged += seen.members;
      return;
    }
    for (std::uint32_t number = 0; number < message_count_; ++number) {
      if (!is_required_[number])
        continue;
      verdict.expected += seen.members;
      if (!has_arrived[number])
        count(verdict.lost, verdict.first_loss, seen, key_of(number), "never got it");
    }
  }

  void count(std::uint64_t& total, std::string& example, const sighting& seen, message_key key,
             std::string_view what) const {
    total += seen.members;
    if (!example.empty())
      return;
    const std::string who = seen.example_member == nowhere
                                ? fmt::format("{} members", seen.members)
                                : fmt::format("member {}", seen.example_member);
    example = fmt::format("room {}, message {} of sender {}: {} {}", room_, key.sequence,
                          key.sender, who, what);
  }

  std::uint32_t room_;
  std::uint32_t room_count_;
  const push_ledger& ledger_;
  std::vector<std::uint32_t> base_of_; ///< by sender / room_count
  std::uint32_t message_count_ = 0;
  std::vector<bool> is_required_;
  std::vector<std::uint32_t> position_; ///< in the reference order
};

std::vector<sighting> sightings_of(std::uint32_t room,
                                   const std::vector<delivery_record>& records) {
  std::vector<sighting> sightings;
  for (const delivery_record& record : records) {
    const room_record& shared = record.rooms.at(room);
    if (shared.faithful_count > 0)
      sightings.push_back({shared.order, shared.faithful_count, nowhere, false});
    for (const odd_member& odd : record.odd_members) {
      if (odd.room != room)
        continue;
      sighting seen{{}, 1, odd.member, odd.is_truncated};
      const auto first = shared.order.begin();
      seen.order.assign(first, first + static_cast<std::ptrdiff_t>(odd.shared));
      seen.order.insert(seen.order.end(), odd.tail.begin(), odd.tail.end());
      sightings.push_back(std::move(seen));
    }
  }
  return sightings;
}

void count_answers(const push_ledger& ledger, delivery_verdict& verdict) {
  for (std::uint32_t sender = 0; sender < ledger.sender_count(); ++sender) {
    for (const push_outcome outcome : ledger.of(sender)) {
      ++verdict.pushes;
      verdict.answered_ok += outcome == push_outcome::ok;
      verdict.answered_error += outcome == push_outcome::error;
      verdict.unanswered += outcome == push_outcome::unanswered;
    }
  }
}

} // namespace

delivery_verdict delivery_checker::judge(const push_ledger& ledger) const {
  delivery_verdict verdict;
  count_answers(ledger, verdict);
  for (std::uint32_t room = 0; room < room_count_; ++room)
    room_judge{room, room_count_, ledger}.judge(sightings_of(room, records_), verdict);
  return verdict;
}

} // namespace lintel::loadgen
