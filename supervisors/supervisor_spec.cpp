#include "supervisors/supervisor_spec.hpp"

#include <unordered_set>

namespace lintel::supervisors {
namespace {

using std::chrono::milliseconds;

// OTP's default for workers.
constexpr milliseconds worker_shutdown{5'000};

bool is_negative(const shutdown_policy& policy) {
  const auto* timeout = std::get_if<milliseconds>(&policy);
  return timeout != nullptr && *timeout < milliseconds::zero();
}

} // namespace

std::string flaw_in(const child_spec& child, auto_shutdown mode) {
  if (child.id.empty())
    return "a child has no id";
  const auto who = "child '" + child.id + "' ";
  if (!child.start)
    return who + "has no start function";
  if (is_negative(child.shutdown))
    return who + "has a negative shutdown time";
  if (child.significant && child.restart == restart::permanent)
    return who + "is significant and permanent: it would never be allowed to end";
  if (child.significant && mode == auto_shutdown::never)
    return who + "is significant, but its supervisor never shuts down by itself";
  return {};
}

std::string flaw_in(const supervisor_spec& spec) {
  if (spec.name.empty())
    return "a supervisor has no name";
  const auto who = "supervisor '" + spec.name + "': ";
  if (spec.limit.window <= spec.limit.window.zero())
    return who + "the window of its restart limit must be longer than 0";
  if (spec.children.size() > children_max)
    return who + "it has more than " + std::to_string(children_max) + " children";
  if (spec.how == strategy::dynamic && !spec.children.empty())
    return who + "it is dynamic, its children are added when it runs";
  if (spec.how == strategy::dynamic && spec.auto_shutdown != auto_shutdown::never)
    return who + "it is dynamic, no child of it is significant";
  std::unordered_set<std::string> ids;
  for (const auto& child : spec.children) {
    if (auto flaw = flaw_in(child, spec.auto_shutdown); !flaw.empty())
      return who + flaw;
    if (!ids.insert(child.id).second)
      return who + "two children have the id '" + child.id + "'";
  }
  return {};
}

shutdown_policy shutdown_of(const child_spec& child) {
  if (!std::holds_alternative<default_for_kind>(child.shutdown))
    return child.shutdown;
  if (child.kind == child_kind::supervisor)
    return infinity{};
  return worker_shutdown;
}

} // namespace lintel::supervisors
