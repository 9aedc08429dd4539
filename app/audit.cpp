#include "app/audit.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <utility>

namespace lintel::app {

namespace {

constexpr std::size_t shown_max = 5;

// Control characters of a name would forge lines.
std::string printable(std::string_view text) {
  std::string out{text};
  std::ranges::replace_if(
      out, [](unsigned char c) { return c < 0x20 || c == 0x7f || c == '"'; }, '?');
  return out;
}

// One more than is shown, so that the line says that there were others.
void add_once(std::vector<std::string>& to, std::string name) {
  if (to.size() <= shown_max && std::ranges::find(to, name) == to.end())
    to.push_back(std::move(name));
}

std::string some_of(std::vector<std::string> names) {
  if (names.size() <= shown_max)
    return first_of(names);
  names.resize(shown_max);
  return first_of(names) + " and others";
}

} // namespace

void audit(std::string_view action, std::string_view whom, std::uint64_t count, std::string_view source,
           actors::role needed) {
  spdlog::warn("audit action={} whom=\"{}\" count={} role={} source=\"{}\"", action, printable(whom), count,
               name_of(needed), printable(source));
}

std::string first_of(const std::vector<std::string>& names) {
  std::string out;
  for (std::size_t i = 0; i < std::min(names.size(), shown_max); ++i)
    out.append(i == 0 ? "" : ",").append(names[i]);
  if (names.size() > shown_max)
    out += " and " + std::to_string(names.size() - shown_max) + " more";
  return out;
}

void client_strikes::note(std::string_view action, std::string whom, std::string source) {
  std::lock_guard lock{mutex_};
  auto found = by_action_.find(action);
  if (found == by_action_.end())
    found = by_action_.emplace(std::string{action}, tally{}).first;
  ++found->second.count;
  add_once(found->second.whom, std::move(whom));
  add_once(found->second.sources, std::move(source));
}

void client_strikes::write() {
  std::map<std::string, tally, std::less<>> noted;
  {
    std::lock_guard lock{mutex_};
    noted.swap(by_action_);
  }
  for (auto& [action, what] : noted)
    audit(action, some_of(std::move(what.whom)), what.count, some_of(std::move(what.sources)), actors::role::none);
}

} // namespace lintel::app
