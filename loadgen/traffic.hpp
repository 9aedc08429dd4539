#pragma once

#include "loadgen/arrival_schedule.hpp"
#include "loadgen/histogram.hpp"
#include "loadgen/push_ledger.hpp"
#include "loadgen/swarm.hpp"

#include <optional>
#include <random>
#include <string>

namespace lintel::loadgen {

/// What the connections say. `silent`: nothing. `open`: at the moments of an arrival schedule,
/// whatever the server does. `closed`: a sender has `outstanding` messages under way and sends the
/// next when one completes.
struct traffic_plan {
  enum class loop : std::uint8_t { silent, open, closed };
  enum class completion : std::uint8_t {
    delivery, ///< the sender itself received it, as every member does
    reply,    ///< it was answered
  };

  loop how = loop::silent;
  std::string event;        ///< broadcast to the room, except for `ping`
  bool is_broadcast = true; ///< false: the server only answers
  std::size_t payload_bytes = 64;
  double rate = 0; ///< open: messages per second, all threads together
  arrivals spacing = arrivals::poisson;
  std::uint64_t seed = 1;
  std::uint32_t sender_count =
      0; ///< closed: connections 0 .. sender_count - 1; open: any connection
  std::uint32_t outstanding = 1; ///< closed
  completion completes_on = completion::delivery;
};

/// Drives one thread's connections through the plan, and enters every push in the ledger.
class traffic {
public:
  struct share {
    std::uint32_t thread = 0;
    std::uint32_t thread_count = 1;
    std::uint32_t first_number = 0;
  };

  traffic(const traffic_plan& plan, const share& part, swarm& connections, client_context& context);

  void begin(time_point at);
  void stop() noexcept { is_running_ = false; }

  /// Sends what is due in an open loop. When the next one is.
  time_point send_due(time_point now);

  /// A member's own message came back, or was answered. In a closed loop the next one may leave.
  void delivered_to_sender(std::uint32_t member);
  void answered(std::uint32_t member, const pending_push& push, reply_status status);

  bool is_running() const noexcept { return is_running_; }
  std::uint64_t sent_count() const noexcept { return sent_count_; }
  const push_ledger& ledger() const noexcept { return ledger_; }
  /// How late sends left, open loop only. Owned by the caller of send_due's measurement.
  void measure_lateness(histogram* into) noexcept { lateness_ = into; }

private:
  void send(std::uint32_t member, time_point intended);
  void complete(std::uint32_t member);

  traffic_plan plan_;
  share part_;
  swarm& swarm_;
  client_context& context_;
  push_ledger ledger_;
  std::mt19937_64 random_;
  std::optional<arrival_schedule> schedule_;
  histogram* lateness_ = nullptr;
  bool is_running_ = false;
  std::uint64_t sent_count_ = 0;
  std::string payload_; ///< scratch
};

} // namespace lintel::loadgen
