#pragma once

#include "supervisors/supervisor_command.hpp"
#include "supervisors/supervisor_spec.hpp"
#include <algorithm>
#include <cstdint>
#include <optional>
#include <string_view>
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
  phase state = phase::stopped;
  bool must_stop = false;    // has to end, its turn has not come
  bool must_start = false;   // has to start, its turn has not come
  bool is_killed = false;    // while stopping: the kill is out
  bool was_up = false;
  bool is_dynamic = false;   // came through start_child, is not part of the supervisor's spec
  std::optional<timer_id> timer;   // while stopping: its deadline; while stopped: the next attempt
  std::uint32_t failed_starts = 0;   // in a row
  std::uint64_t restarts = 0;
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

/// The children in start order. Lookups walk the table: it is bounded by children_max.
class child_table {
public:
  using records = std::vector<child_record>;

  child_record& append(child_spec spec);
  void erase(child_key key);

  [[nodiscard]] child_record* find(child_key key);
  [[nodiscard]] const child_record* find(child_key key) const;
  [[nodiscard]] child_record* find(std::string_view id);
  [[nodiscard]] child_record* find(timer_id timer);

  template <class Predicate>
  [[nodiscard]] bool any(Predicate holds) const {
    return std::any_of(records_.begin(), records_.end(), holds);
  }

  [[nodiscard]] child_count count() const;
  [[nodiscard]] records& all() { return records_; }
  [[nodiscard]] const records& all() const { return records_; }

private:
  template <class Predicate>
  [[nodiscard]] child_record* find_if(Predicate holds);

  records records_;
  std::uint32_t keys_given_ = 0;
};

} // namespace lintel::supervisors
