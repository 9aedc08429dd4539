#pragma once

#include "supervisors/child_table.hpp"
#include "supervisors/exit_class.hpp"
#include "supervisors/restart_window.hpp"
#include "supervisors/supervisor_command.hpp"
#include "supervisors/supervisor_spec.hpp"
#include <chrono>
#include <cstdint>
#include <deque>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace lintel::supervisors {

/// OTP's supervisor as a state machine: events in, commands out, no actors, no clock, no waiting.
/// After every event the caller runs next_command() until it is empty. Not thread-safe.
///
///     idle --start--> starting --all up--> running --shut_down, gave up, auto-shutdown--> stopping
///                        '---- a start failed, shut_down ------------------------------------^
///     stopping --no child lives--> finished
///
/// There is no plan of steps to keep in order: every child carries what it owes (must_stop,
/// must_start), and advance() takes the steps that are due now. Stops go from the last child to the
/// first, one after another, before any start; starts go from the first to the last. Only under a
/// running one_for_one children do not wait for each other. Under `dynamic` they never do, and
/// advance() looks at those alone that owe something: an event costs the same however many live.
///
/// Rules named R1, S2, ... follow OTP's supervisor; README.md lists them and where we differ.
class supervisor_machine {
public:
  using time_point = std::chrono::steady_clock::time_point;

  /// How long a killed child has to end. Kill is a message too: an actor that hangs in a handler
  /// never reads it, so after this it is abandoned rather than waited for.
  static constexpr std::chrono::milliseconds kill_patience{1'000};

  /// `spec` must have no flaw. With a seed, waits between attempts to start are spread by it.
  explicit supervisor_machine(supervisor_spec spec,
                              std::optional<std::uint32_t> jitter_seed = std::nullopt);

  void start();
  void child_started(child_key key);
  void child_ignored(child_key key);
  void child_failed_to_start(child_key key, std::string_view why, time_point now);
  void child_down(child_key key, exit_class how, std::string_view why, time_point now);
  void timer_fired(timer_id timer);

  /// The supervisor was asked to stop: children first, in reverse order.
  void shut_down();

  /// An operator ended this supervisor's incarnation. Living children are adopted; forgotten are
  /// past restarts, waits between attempts and stopped children that start_child had added. The
  /// other stopped children are started; a dynamic supervisor has such only between two attempts.
  void begin_incarnation();

  // Requests; each is answered by one answer_request, now or later.
  void start_child(request_id request, child_spec spec);
  void terminate_child(request_id request, std::string_view id);
  void restart_child(request_id request, std::string_view id);
  void delete_child(request_id request, std::string_view id);

  /// OTP's code change: the supervisor goes on with another spec, and nobody is started or stopped
  /// for it. Children are told apart by their ids; one that is new stands stopped, one that `spec`
  /// does not name stays, behind the others. Past restarts count on. A dynamic supervisor stays
  /// dynamic, others do not become it; name and observer stay.
  void change_spec(request_id request, supervisor_spec spec);

  [[nodiscard]] std::optional<supervisor_command> next_command();

  [[nodiscard]] const child_table& children() const { return children_; }
  [[nodiscard]] strategy how() const { return how_; }
  [[nodiscard]] std::uint64_t restarts() const { return restarts_; }
  [[nodiscard]] bool is_stopping() const { return phase_ >= phase::stopping; }

private:
  enum class phase : std::uint8_t { idle, starting, running, stopping, finished };

  void advance();
  void issue_stops();
  void issue_starts();
  void settle_due();
  [[nodiscard]] bool is_ordered() const;
  [[nodiscard]] bool is_dynamic() const { return how_ == strategy::dynamic; }

  void owe_start(child_record& child);
  void owe_stop(child_record& child);
  void begin_start(child_record& child);
  void begin_stop(child_record& child);
  void kill(child_record& child);
  void stopped(child_record& child);
  void ended(child_record& child, exit_class how, std::string_view why, time_point now);
  void start_failed(child_record& child, std::string_view why, time_point now);
  void take_along(const child_record& failed);
  void take_along_one(child_record& bystander);
  [[nodiscard]] bool spend_restart(const child_record& child, std::string_view why, time_point now);
  [[nodiscard]] bool ends_supervisor(const child_record& child) const;
  [[nodiscard]] bool keeps_spec_of(const child_record& child) const;
  void wind_up(finish_cause cause, std::string why);

  void arm(child_record& child, std::chrono::milliseconds delay);
  [[nodiscard]] std::chrono::milliseconds wait_before_start(std::uint32_t failed_starts);
  [[nodiscard]] bool is_full(request_id request);
  void adopt_specs(std::vector<child_spec> specs);
  void answer(request_id request, request_outcome outcome, std::string_view why);
  void settle_start(child_record& child, request_outcome outcome, std::string_view why);

  strategy how_;
  restart_limit limit_;
  auto_shutdown auto_shutdown_;
  std::size_t dynamic_children_max_;
  restart_window window_;
  std::optional<std::minstd_rand> jitter_;
  child_table children_;
  std::vector<child_key> due_;   // dynamic only: who owes a start or a stop
  std::deque<supervisor_command> commands_;   // bounded: a handful per child and event
  finish ending_{finish_cause::asked, {}};
  phase phase_ = phase::idle;
  std::uint64_t timers_given_ = 0;
  std::uint64_t restarts_ = 0;
};

} // namespace lintel::supervisors
