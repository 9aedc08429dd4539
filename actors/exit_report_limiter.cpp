#include "actors/exit_report_limiter.hpp"

#include "actors/exit_report.hpp"
#include "base/ensure.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace lintel::actors {

namespace {

constexpr std::size_t name_bytes_max = 300;

std::string line_about(std::string_view actor, std::uint64_t suppressed) {
  return fmt::format("exit reports of actor={} suppressed={}", logfmt_value(actor, name_bytes_max), suppressed);
}

} // namespace

exit_report_limiter::exit_report_limiter(exit_report_limits limits)
    : limits_(limits), lines_(std::max(1u, limits.per_second), limits.burst) {
  base::ensure(limits.per_actor > 0 && limits.per_second > 0 && limits.burst > 0, "some reports are written");
}

exit_report_limiter::admission exit_report_limiter::admit(std::string_view actor, ending how, time_point now) {
  if (how == ending::ends) {
    const bool is_whole = take_line(now);
    suppressed_ += is_whole ? 0u : 1u;
    return {is_whole, end_loop(actor, now)};
  }
  auto* known = record_of(actor, now);
  if (known != nullptr && known->whole_left == 0) {
    ++known->suppressed;
    ++suppressed_of_actors_;
    return {false, {}};
  }
  if (!take_line(now)) {
    ++suppressed_;
    return {false, {}};
  }
  if (known != nullptr)
    --known->whole_left;
  return {true, {}};
}

std::vector<std::string> exit_report_limiter::take_due(time_point now) {
  std::vector<std::string> lines;
  for (auto& [actor, known] : actors_) {
    if (known.suppressed == 0 || now < known.since + limits_.window)
      continue;
    const auto suppressed = take(known);
    known.since = now; // it goes on with whole_left at 0: a loop has no more whole reports
    if (take_line(now))
      lines.push_back(line_about(actor, suppressed));
    else
      suppressed_ += suppressed;
  }
  if (suppressed_ > 0)
    lines.push_back(fmt::format("exit reports suppressed={}", std::exchange(suppressed_, 0)));
  return lines;
}

std::vector<std::string> exit_report_limiter::take_all() {
  std::vector<std::string> lines;
  for (auto& [actor, known] : actors_)
    if (known.suppressed > 0)
      lines.push_back(line_about(actor, take(known)));
  if (suppressed_ > 0)
    lines.push_back(fmt::format("exit reports suppressed={}", std::exchange(suppressed_, 0)));
  return lines;
}

exit_report_limiter::record* exit_report_limiter::record_of(std::string_view actor, time_point now) {
  std::string name{actor};
  if (auto found = actors_.find(name); found != actors_.end()) {
    auto& known = found->second;
    if (known.suppressed == 0 && now >= known.since + limits_.window)
      known = {now, limits_.per_actor}; // the loop is over, if there was one
    return &known;
  }
  if (now >= next_sweep_)
    sweep(now);
  if (actors_.size() >= limits_.actors_max)
    return nullptr;
  return &actors_.try_emplace(std::move(name), record{now, limits_.per_actor}).first->second;
}

std::string exit_report_limiter::end_loop(std::string_view actor, time_point now) {
  const auto found = actors_.find(std::string{actor});
  if (found == actors_.end())
    return {};
  const auto suppressed = take(found->second);
  actors_.erase(found);
  if (suppressed == 0)
    return {};
  if (take_line(now))
    return line_about(actor, suppressed);
  suppressed_ += suppressed;
  return {};
}

// At most every tenth of a window, so that a table full of others does not cost a walk per crash.
void exit_report_limiter::sweep(time_point now) {
  next_sweep_ = now + limits_.window / 10;
  std::erase_if(actors_, [&](const auto& entry) {
    return entry.second.suppressed == 0 && now >= entry.second.since + limits_.window;
  });
}

bool exit_report_limiter::take_line(time_point now) {
  if (lines_.next(now) > now)
    return false;
  lines_.take(now);
  return true;
}

std::uint64_t exit_report_limiter::take(record& of) noexcept {
  suppressed_of_actors_ -= of.suppressed;
  return std::exchange(of.suppressed, 0);
}

} // namespace lintel::actors
