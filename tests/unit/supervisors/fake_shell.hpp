#pragma once

#include "supervisors/start_result.hpp"
#include "supervisors/supervisor_machine.hpp"
#include <chrono>
#include <cstdint>
#include <deque>
#include <initializer_list>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace lintel::supervisors::testing {

using lines = std::vector<std::string>;

/// A worker. Its start function is there because a spec needs one: the machine calls none.
inline child_spec worker(std::string id, restart type = restart::permanent) {
  return {.id = std::move(id),
          .start = [](caf::event_based_actor&) { return start_result::ignored(); },
          .restart = type};
}

inline supervisor_spec group_of(strategy how, std::vector<child_spec> children) {
  return {.how = how, .limit = {.count_max = 10}, .children = std::move(children)};
}

/// Carries a machine's commands out against a world of make-believe children and a clock that
/// stands still until a test moves it. Writes down what happens, one line per step.
class fake_shell {
public:
  enum class start_script { fail, ignore, hang };

  explicit fake_shell(supervisor_spec spec) : machine(std::move(spec)) {}

  void start() {
    machine.start();
    run();
  }

  /// What the next starts of the child come to; then they succeed again.
  void script(const std::string& id, std::initializer_list<start_script> starts) {
    scripts_[id] = starts;
  }

  void ends(const std::string& id, exit_class how = exit_class::crash,
            std::string_view why = "boom") {
    machine.child_down(key_of(id), how, why, now);
    run();
  }

  void finish_start(const std::string& id) {
    machine.child_started(key_of(id));
    run();
  }

  void shut_down() {
    machine.shut_down();
    run();
  }

  void begin_incarnation() {
    machine.begin_incarnation();
    run();
  }

  request_outcome start_child(child_spec spec) {
    machine.start_child(next_request(), std::move(spec));
    return run_for_answer();
  }

  request_outcome terminate_child(std::string_view id) {
    machine.terminate_child(next_request(), id);
    return run_for_answer();
  }

  request_outcome restart_child(std::string_view id) {
    machine.restart_child(next_request(), id);
    return run_for_answer();
  }

  request_outcome delete_child(std::string_view id) {
    machine.delete_child(next_request(), id);
    return run_for_answer();
  }

  request_outcome change_spec(supervisor_spec spec) {
    machine.change_spec(next_request(), std::move(spec));
    return run_for_answer();
  }

  /// Lets time pass; every timer that is due fires, the earliest first.
  void pass(std::chrono::milliseconds time) {
    const auto end = now + time;
    while (!timers_.empty() && timers_.begin()->first <= end) {
      const auto [due, timer] = *timers_.begin();
      timers_.erase(timers_.begin());
      now = std::max(now, due);
      machine.timer_fired(timer);
      run();
    }
    now = end;
  }

  /// The lines since the last call.
  lines happened() { return std::exchange(lines_, {}); }

  std::string status(const std::string& id) {
    const auto* child = find(id);
    if (child == nullptr)
      return "gone";
    static const std::map<child_state, std::string> words{
      {child_state::up, "up"}, {child_state::restarting, "restarting"},
      {child_state::starting, "starting"}, {child_state::stopping, "stopping"},
      {child_state::stopped, "stopped"}};
    return words.at(child->shown_state());
  }

  child_key key_of(const std::string& id) {
    if (const auto* child = find(id))
      return child->key;
    throw std::out_of_range{"no child " + id};
  }

  bool is_finished() const { return finished.has_value(); }

  supervisor_machine machine;
  supervisor_machine::time_point now{std::chrono::hours{1}};
  std::set<std::string> deaf;       // do not end when asked to
  std::set<std::string> immortal;   // do not end when killed
  std::map<std::uint64_t, request_outcome> answers;
  std::optional<answer_request> last_answer;
  std::optional<finish> finished;

private:
  const child_record* find(std::string_view id) const { return machine.children().find(id); }

  std::string id_of(child_key key) const { return machine.children().find(key)->spec.id; }

  request_id next_request() { return request_id{++requests_}; }

  /// `interrupted` never comes at once: it stands for "not answered yet".
  request_outcome run_for_answer() {
    const auto request = requests_;
    run();
    const auto found = answers.find(request);
    return found == answers.end() ? request_outcome::interrupted : found->second;
  }

  void run() {
    while (auto command = machine.next_command())
      std::visit([this](const auto& what) { carry_out(what); }, *command);
  }

  void carry_out(const start_one& what) {
    const auto id = id_of(what.child);
    lines_.push_back("start " + id);
    auto& script = scripts_[id];
    if (script.empty()) {
      machine.child_started(what.child);
      return;
    }
    const auto outcome = script.front();
    script.pop_front();
    if (outcome == start_script::fail)
      machine.child_failed_to_start(what.child, "no luck", now);
    else if (outcome == start_script::ignore)
      machine.child_ignored(what.child);
  }

  void carry_out(const stop_one& what) {
    const auto id = id_of(what.child);
    lines_.push_back("stop " + id);
    if (!deaf.contains(id))
      machine.child_down(what.child, exit_class::shutdown, "asked to", now);
  }

  void carry_out(const kill_one& what) {
    const auto id = id_of(what.child);
    lines_.push_back("kill " + id);
    if (!immortal.contains(id))
      machine.child_down(what.child, exit_class::kill, "killed", now);
  }

  void carry_out(const abandon_one&) { lines_.push_back("abandon"); }
  void carry_out(const arm_timer& what) { timers_.emplace(now + what.delay, what.timer); }
  void carry_out(const report_restart&) {}
  void carry_out(const report_started&) { lines_.push_back("started"); }

  void carry_out(const answer_request& what) {
    answers[static_cast<std::uint64_t>(what.request)] = what.outcome;
    last_answer = what;
  }

  void carry_out(const finish& what) {
    static const std::map<finish_cause, std::string> words{
      {finish_cause::asked, "asked"}, {finish_cause::auto_shutdown, "auto-shutdown"},
      {finish_cause::gave_up, "gave up"}, {finish_cause::failed_to_start, "failed to start"}};
    lines_.push_back("finish: " + words.at(what.cause));
    finished = what;
  }

  std::map<std::string, std::deque<start_script>> scripts_;
  std::multimap<supervisor_machine::time_point, timer_id> timers_;
  lines lines_;
  std::uint64_t requests_ = 0;
};

/// A shell whose children are up and whose lines are read.
inline fake_shell started(strategy how, std::vector<child_spec> children) {
  fake_shell shell{group_of(how, std::move(children))};
  shell.start();
  shell.happened();
  return shell;
}

inline fake_shell started_abc(strategy how) {
  return started(how, {worker("a"), worker("b"), worker("c")});
}

} // namespace lintel::supervisors::testing
