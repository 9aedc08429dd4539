#pragma once

#include "supervisors/supervisor_command.hpp"
#include "supervisors/supervisor_spec.hpp"
#include <algorithm>
#include <array>
#include <cstdint>
#include <list>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace lintel::supervisors {

/// Where a child stands, as told to whoever asks.
enum class child_state : std::uint8_t { up, restarting, starting, stopping, stopped };

/// One child of a supervisor_machine.
///
///             must_start            child_started            must_stop
///     stopped ----------> starting ---------------> up --------------------> stopping
///       ^  ^                 |                      |                           |
///       |  '--- failed ------'                      |                           |
///       '----------------------- child_down --------+---------------------------'
struct child_record {
  enum class phase : std::uint8_t { stopped, starting, up, stopping };

  child_key key{};
  child_spec spec;
  phase state = phase::stopped;   // changed by child_table::enter alone
  bool must_stop = false;    // has to end, its turn has not come
  bool must_start = false;   // has to start, its turn has not come
  bool is_killed = false;    // while stopping: the kill is out
  bool was_up = false;
  bool is_added = false;     // came through start_child, is not part of the supervisor's spec
  std::optional<timer_id> timer;   // while stopping: its deadline; while stopped: the next attempt
  std::uint32_t failed_starts = 0;   // in a row
  std::uint64_t restarts = 0;
  std::string last_exit;   // why it ended last, when nobody had asked it to
  std::optional<request_id> start_request;
  std::vector<request_id> stop_requests;

  [[nodiscard]] bool is_stopped() const { return state == phase::stopped; }
  [[nodiscard]] bool is_backing_off() const { return is_stopped() && timer.has_value(); }
  [[nodiscard]] bool is_restarting() const {
    return is_stopped() && (must_start || is_backing_off());
  }
  [[nodiscard]] bool awaits_stop() const { return must_stop && !is_stopped(); }
  [[nodiscard]] child_state shown_state() const;
};

/// OTP's count_children. A child between two starts is not active.
struct child_count {
  std::size_t specs = 0;
  std::size_t active = 0;
  std::size_t supervisors = 0;
  std::size_t workers = 0;
};

/// The children in start order. Every lookup is one look into a hash table, because a dynamic
/// supervisor has as many children as its users add.
class child_table {
public:
  using records = std::list<child_record>;

  /// Behind the others. Its id must not be taken.
  child_record& append(child_spec spec);
  void erase(child_key key);
  void move_to_end(child_key key);
  /// All but the id, which is the same.
  void change(child_record& child, child_spec spec);

  void enter(child_record& child, child_record::phase state);
  void arm(child_record& child, timer_id timer);

  [[nodiscard]] child_record* find(child_key key);
  [[nodiscard]] const child_record* find(child_key key) const;
  [[nodiscard]] child_record* find(std::string_view id);
  [[nodiscard]] const child_record* find(std::string_view id) const;

  /// The child that waits for this timer. A timer fires once and is forgotten then.
  [[nodiscard]] child_record* take(timer_id timer);

  template <class Predicate>
  [[nodiscard]] bool any(Predicate holds) const {
    return std::any_of(records_.begin(), records_.end(), holds);
  }

  [[nodiscard]] child_count count() const;
  [[nodiscard]] std::size_t size() const { return records_.size(); }
  [[nodiscard]] std::size_t count_in(child_record::phase state) const {
    return in_phase_[static_cast<std::size_t>(state)];
  }
  [[nodiscard]] std::uint32_t keys_given() const { return keys_given_; }
  [[nodiscard]] records& all() { return records_; }
  [[nodiscard]] const records& all() const { return records_; }

private:
  records records_;
  std::unordered_map<child_key, records::iterator> by_key_;
  std::unordered_map<std::string_view, records::iterator> by_id_;   // the texts are the records'
  std::unordered_map<timer_id, child_key> by_timer_;
  std::array<std::size_t, 4> in_phase_{};
  std::size_t supervisors_ = 0;
  std::uint32_t keys_given_ = 0;
};

} // namespace lintel::supervisors
