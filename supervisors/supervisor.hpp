#pragma once

#include "supervisors/start_result.hpp"
#include "supervisors/supervision_event.hpp"
#include "supervisors/supervisor_machine.hpp"
#include "supervisors/supervisor_messages.hpp"
#include "supervisors/supervisor_stats.hpp"
#include <caf/event_based_actor.hpp>
#include <caf/response_promise.hpp>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

namespace lintel::supervisors {

/// The actor around a supervisor_machine: it turns messages into the machine's events, and carries
/// the machine's commands out. It decides nothing.
///
/// It monitors its children and never links: a link would bring exit_reason::kill over, and its
/// cost grows with the square of the children.
///
/// How it ends (exit_reason.hpp):
///   exit_reason::user_shutdown   asked to, or a significant child ended; no child lives
///   errc::gave_up                its restarts were used up; no child lives
///   errc::failed_to_start        a child's first start failed; no child lives
///   anything else                it was killed, or broke: its children are asked to stop, and
///                                nobody waits for them. Use operator_kill, which keeps them.
///
/// What survives: the supervisor_stats. Whoever starts it again does so from the same spec, so
/// children added by start_child are lost (R9).
class supervisor : public caf::event_based_actor {
public:
  /// `spec` must have no flaw; `stats` must not be null and fit the spec.
  supervisor(caf::actor_config& config, supervisor_spec spec,
             std::shared_ptr<supervisor_stats> stats);

  const char* name() const override { return name_.c_str(); }
  caf::behavior make_behavior() override;
  void on_exit() override;

private:
  void set_system_handlers();
  void run();

  void carry_out(const start_one& command);
  void carry_out(const stop_one& command);
  void carry_out(const kill_one& command);
  void carry_out(const abandon_one& command);
  void carry_out(const arm_timer& command);
  void carry_out(const answer_request& command);
  void carry_out(const report_restart& command);
  void carry_out(const report_started& command);
  void carry_out(const finish& command);

  void adopt(child_key key, const start_result& result);
  void await_start_of(child_key key, const caf::actor& child);
  void start_failed(child_key key, const std::string& why);
  void child_ended(const caf::down_msg& down);
  void forget(child_key key);

  template <class Ask>
  caf::response_promise take_request(Ask ask);
  caf::response_promise promise_start();
  children_report report_children() const;
  caf::actor living(child_key key) const;
  std::string id_of(child_key key) const;
  void observe(supervision_event::kind what, std::string_view child = {}, std::string_view why = {},
               exit_class how = exit_class::normal) const;

  std::string name_;
  std::function<void(const supervision_event&)> observer_;
  supervisor_machine machine_;
  std::shared_ptr<supervisor_stats> stats_;
  std::unordered_map<child_key, caf::actor> living_;
  std::unordered_map<caf::actor_id, child_key> keys_;   // the other way round
  std::unordered_map<child_key, caf::message> extras_;   // until the start they belong to is answered
  std::unordered_map<request_id, caf::response_promise> requests_;   // wait for their answers
  std::vector<caf::response_promise> start_waiters_;
  std::uint64_t requests_taken_ = 0;
  std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now();   // this incarnation
  bool is_incarnation_killed_ = false;   // the one before it
  bool is_up_ = false;
};

/// A start function for a supervisor that is itself a child (`.kind = child_kind::supervisor`): its
/// parent goes on when every child of it is up. A flaw in the spec is a failed start.
[[nodiscard]] start_function start_supervisor(supervisor_spec spec,
                                              std::shared_ptr<supervisor_stats> stats = nullptr);

} // namespace lintel::supervisors
