#include "app/config_reload.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <set>

namespace lintel::app {

using actors::namespace_rules;
using rule_list = std::vector<namespace_rules>;

namespace {

rule_list::const_iterator with_pattern(const rule_list& all, const std::string& pattern) {
  return std::ranges::find(all, pattern, &namespace_rules::pattern);
}

// Options whose text differs. Namespaces and what narrows them are taken over.
void compare_options(const server_config& running, const server_config& next, reload_report& report) {
  auto all = running.said;
  all.insert(next.said.begin(), next.said.end());
  const auto said_in = [](const server_config& config, const std::string& name) {
    const auto found = config.said.find(name);
    return found == config.said.end() ? std::string{} : found->second;
  };
  for (const auto& [name, ignored] : all)
    if (name != "topic" && said_in(running, name) != said_in(next, name))
      report.needs_restart.push_back(name);
}

void compare_namespaces(const rule_list& before, const rule_list& after, reload_report& report) {
  rule_list in_both_before, in_both_after;
  for (const auto& rules : after)
    if (const auto old = with_pattern(before, rules.pattern); old == before.end())
      report.applied.push_back(rules.pattern + " added");
    else {
      in_both_after.push_back(rules);
      if (*old != rules)
        report.applied.push_back(rules.pattern + " changed");
    }
  for (const auto& rules : before)
    if (with_pattern(after, rules.pattern) == after.end())
      report.applied.push_back(rules.pattern + " removed");
    else
      in_both_before.push_back(rules);
  if (!std::ranges::equal(in_both_before, in_both_after, {}, &namespace_rules::pattern, &namespace_rules::pattern))
    report.applied.push_back("order changed");
}

void log(const reload_report& report) {
  if (!report.applied.empty())
    spdlog::info("reload: namespaces: {}", fmt::join(report.applied, ", "));
  if (!report.needs_restart.empty())
    spdlog::warn("reload: {}: needs a restart", fmt::join(report.needs_restart, ", "));
  if (report.applied.empty() && report.needs_restart.empty())
    spdlog::info("reload: nothing has changed");
}

} // namespace

// The log on disk is opened at the start or never. Its namespaces stay as they were, and new ones are left out: rooms
// in memory in their place would acknowledge what they cannot keep.
void config_reload::do_without_log(rule_list& next, reload_report& report) const {
  if (needs_log(running_.namespaces))
    return;
  std::erase_if(next, [&](namespace_rules& rules) {
    if (!needs_log({&rules, 1}))
      return false;
    const auto old = with_pattern(held_, rules.pattern);
    report.needs_restart.push_back((old == held_.end() ? "namespace " : "history.durability of ") + rules.pattern);
    if (old != held_.end())
      rules.history.kept = old->history.kept;
    return old == held_.end();
  });
}

// A room's messages are in memory or on disk, and whoever asks for them later has to look in the same place.
void config_reload::keep_durability(rule_list& next, reload_report& report) const {
  const auto matching = [](auto& all, const std::string& topic) {
    return std::ranges::find_if(all, [&](const namespace_rules& rules) { return rules.matches(topic); });
  };
  std::set<std::string, std::less<>> decided; // where rooms of one pattern come from several, the first decides
  for (const auto& topic : live_topics_()) {
    const auto old = matching(held_, topic);
    const auto now = matching(next, topic);
    if (old == held_.end() || now == next.end() || old->history.kept == now->history.kept ||
        !decided.insert(now->pattern).second)
      continue;
    now->history.kept = old->history.kept;
    if (now->history.kept != actors::durability::none)
      now->slow = actors::slow_policy::disconnect; // as flaws of a file go: where there is history, nothing is dropped
    report.needs_restart.push_back("history.durability of " + now->pattern);
  }
}

reload_report config_reload::apply(const server_config& next) {
  std::lock_guard lock{mutex_};
  reload_report report;
  compare_options(running_, next, report);
  auto rules = next.namespaces;
  do_without_log(rules, report);
  keep_durability(rules, report);
  compare_namespaces(held_, rules, report);
  if (rules != held_) {
    held_ = rules;
    namespaces_.replace(std::move(rules));
  }
  log(report);
  return report;
}

reload_report config_reload::read_again() {
  try {
    if (!read_)
      throw std::runtime_error{"this server was started without --config: there is nothing to read again"};
    return apply(read_());
  } catch (const config_error& mistake) {
    for (const auto& [place, text] : mistake.sentences())
      spdlog::error("reload: {}{}{}", place, place.empty() ? "" : ": ", text);
    spdlog::error("reload: nothing was changed");
    throw;
  } catch (const std::runtime_error& trouble) {
    spdlog::error("reload: {}; nothing was changed", trouble.what());
    throw;
  }
}

} // namespace lintel::app
