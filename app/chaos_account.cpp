#include "app/chaos_account.hpp"

#include "supervisors/restart_ledger.hpp"

#include <map>

namespace lintel::app {

namespace {

using buckets = std::vector<actors::restart_times::bucket>;

buckets all_restarts(const actors::worker_pool& pool) {
  std::map<std::uint64_t, std::uint64_t> sum;
  for (const auto how : {supervisors::failure::kill, supervisors::failure::crash})
    for (const auto& each : pool.restart_times_after(how).buckets())
      sum[each.below_ns] += each.count;
  buckets all;
  for (const auto& [below_ns, count] : sum)
    all.push_back({below_ns, count});
  return all;
}

// Counters only grow, and each bucket is one.
buckets difference(const buckets& now, const buckets& before) {
  std::map<std::uint64_t, std::uint64_t> old;
  for (const auto& each : before)
    old[each.below_ns] = each.count;
  buckets grown;
  for (const auto& each : now)
    if (const auto more = each.count - old[each.below_ns]; more > 0)
      grown.push_back({each.below_ns, more});
  return grown;
}

} // namespace

chaos_account::view chaos_account::totals_of(const actors::worker_pool& pool) {
  view now{.began = std::chrono::system_clock::now()};
  for (std::size_t i = 0; i < actors::counter_count; ++i)
    now.counted[i] = pool.total(static_cast<actors::counter>(i));
  now.restarts = all_restarts(pool);
  return now;
}

// Of two orders at once, the one that looked first.
void chaos_account::begin(const view& before) {
  std::lock_guard lock{mutex_};
  if (!before_ || before.began < before_->began)
    before_ = before;
}

bool chaos_account::is_open() const {
  std::lock_guard lock{mutex_};
  return before_.has_value();
}

void chaos_account::close() {
  std::lock_guard lock{mutex_};
  before_.reset();
}

void chaos_account::set_rate(std::uint32_t kills_per_second, std::string_view by) {
  std::lock_guard lock{mutex_};
  if (kills_per_second > 0)
    rate_by_ = by;
  rate_ = kills_per_second;
  changed_.notify_all();
}

std::uint32_t chaos_account::rate() const {
  std::lock_guard lock{mutex_};
  return is_stopping_ ? 0 : rate_;
}

std::string chaos_account::rate_by() const {
  std::lock_guard lock{mutex_};
  return rate_by_;
}

std::uint32_t chaos_account::await_rate() const {
  std::unique_lock lock{mutex_};
  changed_.wait(lock, [this] { return rate_ > 0 || is_stopping_; });
  return is_stopping_ ? 0 : rate_;
}

void chaos_account::pause_for(std::chrono::milliseconds time) const {
  std::unique_lock lock{mutex_};
  changed_.wait_for(lock, time, [this] { return is_stopping_; });
}

void chaos_account::stop() {
  std::lock_guard lock{mutex_};
  is_stopping_ = true;
  changed_.notify_all();
}

std::optional<chaos_account::view> chaos_account::look(const actors::worker_pool& pool) const {
  std::lock_guard lock{mutex_};
  if (!before_)
    return std::nullopt;
  auto now = totals_of(pool);
  now.began = before_->began;
  for (std::size_t i = 0; i < actors::counter_count; ++i)
    now.counted[i] -= before_->counted[i];
  now.restarts = difference(now.restarts, before_->restarts);
  return now;
}

} // namespace lintel::app
