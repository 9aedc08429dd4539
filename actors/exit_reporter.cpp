#include "actors/exit_reporter.hpp"

#include "actors/worker_pool.hpp"

#include <spdlog/spdlog.h>

namespace lintel::actors {

namespace {

constexpr auto look_interval = std::chrono::seconds{1};

} // namespace

exit_reporter::exit_reporter(worker_pool& pool, exit_report_limits limits) : pool_(pool), limiter_(limits) {}

exit_reporter::~exit_reporter() {
  for (const auto& line : limiter_.take_all())
    spdlog::error("{}", line);
}

void exit_reporter::write(std::string_view actor, std::uint32_t incarnation, const exit_report& report,
                          const letter_history& last, const exit_sequel& sequel) {
  using ending = exit_report_limiter::ending;
  const bool is_end = sequel.next == exit_sequel::step::give_up || sequel.next == exit_sequel::step::stop;
  exit_report_limiter::admission admitted{};
  bool has_to_look = false;
  {
    std::lock_guard lock{mutex_};
    admitted = limiter_.admit(actor, is_end ? ending::ends : ending::restarts, worker::clock::now());
    has_to_look = limiter_.has_suppressed() && !is_watched_;
    is_watched_ = is_watched_ || has_to_look;
  }
  if (admitted.is_whole)
    spdlog::error("{}", exit_line(actor, incarnation, report, last, sequel));
  else
    pool_.count(counter::exit_reports_suppressed);
  if (!admitted.summary.empty())
    spdlog::error("{}", admitted.summary);
  if (has_to_look)
    look_later();
}

void exit_reporter::look() {
  std::vector<std::string> lines;
  bool goes_on = false;
  {
    std::lock_guard lock{mutex_};
    lines = limiter_.take_due(worker::clock::now());
    goes_on = is_watched_ = limiter_.has_suppressed();
  }
  for (const auto& line : lines)
    spdlog::error("{}", line);
  if (goes_on)
    look_later();
}

void exit_reporter::look_later() {
  pool_.call_after(look_interval, [this] { look(); });
}

} // namespace lintel::actors
