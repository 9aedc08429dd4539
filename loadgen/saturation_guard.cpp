#include "loadgen/saturation_guard.hpp"

#include <fmt/format.h>

namespace lintel::loadgen {

namespace {

double milliseconds(nanoseconds span) {
  return seconds(span) * 1e3;
}

} // namespace

std::optional<std::string> saturation_guard::objection(const generator_load& load) {
  const bool is_closed = load.how == traffic_plan::loop::closed;
  if (!is_closed && load.cpu_share > cpu_share_max)
    return fmt::format(
        "a generator thread used {:.0f} % of a core (limit {:.0f} %); use more --threads "
        "or a lower --rate",
        load.cpu_share * 100, cpu_share_max * 100);
  if (!is_closed && load.lateness_p99 > lateness_max)
    return fmt::format("sends left {:.1f} ms late at p99 (limit {:.0f} ms); use a lower --rate",
                       milliseconds(load.lateness_p99), milliseconds(lateness_max));
  const nanoseconds lag_max = is_closed ? closed_loop_lag_max : open_loop_lag_max;
  if (load.loop_lag_p99 > lag_max)
    return fmt::format("the generator's event loop was {:.1f} ms late at p99 (limit {:.0f} ms)",
                       milliseconds(load.loop_lag_p99), milliseconds(lag_max));
  if (is_closed && load.unread_bytes_p99 > unread_bytes_max)
    return fmt::format(
        "the generator did not keep up with reading: {} bytes unread per socket at p99 "
        "(limit {})",
        load.unread_bytes_p99, unread_bytes_max);
  return std::nullopt;
}

} // namespace lintel::loadgen
