#pragma once

#include "loadgen/channel.hpp"
#include "loadgen/delivery_log.hpp"
#include "loadgen/measurement.hpp"
#include "loadgen/workload.hpp"

namespace lintel::loadgen {

/// One generator thread: opens its share of the connections, drives the traffic, measures, and
/// does what the conductor says. One thread, one loop.
class generator final : public client_observer {
public:
  generator(const workload& load, std::uint32_t thread, channel& conductor);

  /// Until the conductor says `finish` or goes away.
  void run();

private:
  void joined(std::uint32_t member, nanoseconds took) override;
  void failed_to_join(std::uint32_t member, std::string_view why) override;
  void delivered(std::uint32_t member, const message_stamp& stamp, time_point now) override;
  void answered(std::uint32_t member, const pending_push& push, reply_status status, time_point now) override;
  void closed(std::uint32_t member, std::uint16_t code) override;
  void surprised(surprise kind, std::string_view example) override;
  void entered_hall(std::uint32_t member) override;
  void heard_in_hall(std::uint32_t member, const message_stamp& stamp, time_point now) override;

  void obey();
  void enter_phase(std::uint32_t index);
  time_point tick_due(time_point now);
  void sample_unread();
  void report_progress();
  /// Latency is being measured.
  bool is_timed() const noexcept { return traffic_.is_running() || is_announced_; }
  void announce();
  void finish();
  phase_figures& phase_of(time_point intended) noexcept;
  bool is_timed_room(std::uint32_t member) const noexcept {
    return (share_.first_number + member) % load_.rooms < load_.latency_rooms;
  }
  phase_figures& current() noexcept { return found_.phases[phase_]; }

  struct phase_start {
    time_point at;
    std::uint32_t index;
  };

  const workload& load_;
  channel& conductor_;
  swarm_share share_;
  client_context context_;
  swarm swarm_;
  traffic traffic_;
  delivery_log log_;
  measurement found_;
  progress progress_;
  std::vector<phase_start> starts_;      ///< in the order they came
  std::uint32_t phase_ = 0;              ///< load_.phase_count: outside of all measured stretches
  nanoseconds phase_cpu_{};              ///< of this thread when the phase began
  std::uint64_t phase_sent_ = 0;         ///< messages sent when the phase began
  std::uint64_t phase_heartbeats_ = 0;   ///< heartbeats answered when the phase began
  std::vector<std::uint8_t> hall_heard_; ///< by member: messages of the hall; empty without one
  time_point connect_started_;
  time_point gather_started_;
  time_point next_tick_;
  std::uint64_t tick_count_ = 0;
  bool is_announced_ = false;
  bool is_finished_ = false;
};

} // namespace lintel::loadgen
