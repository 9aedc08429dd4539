#pragma once

#include "loadgen/histogram.hpp"
#include "loadgen/phoenix_crowd.hpp"
#include "loadgen/recovery_ledger.hpp"

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace lintel::loadgen {

/// Clients that all lose their connection and all come back. Client c sits in room c modulo `rooms`. One thread at a
/// time.
class recover_crowd final : public phoenix_observer {
public:
  struct plan {
    std::uint32_t clients = 1;
    std::uint32_t rooms = 1;
    std::uint32_t missed = 100;
    std::string topic_prefix;
    std::string event = "new_msg";
  };

  recover_crowd(plan wanted, const endpoint& target, const source_addresses& sources);

  /// All join and hear where their streams stand. Throws cannot_run when one is refused, or nobody gets ahead for 10 s.
  void join();

  /// Keeps the connections alive so long.
  void rest(nanoseconds length);

  /// All connections end with a reset.
  void lose() noexcept { crowd_.reset_all(); }

  /// All come at once, with at most `opening_max` handshakes under way, and recover. Ends when nobody waits for
  /// anything any more, or nobody got ahead for 10 s. `look` is called every 20 ms. How long it took until the last one
  /// had everything.
  nanoseconds come_back(std::uint32_t opening_max, const std::function<void()>& look);

  const recovery_verdict& verdict() const noexcept { return ledger_.verdict(); }
  /// From the moment when all began to come back until a client had everything.
  const histogram& latency() const noexcept { return latency_; }
  std::uint64_t failed_count() const noexcept { return failed_count_; }
  const std::string& first_failure() const noexcept { return first_failure_; }

private:
  void opened(std::uint32_t socket) override;
  void heard(std::uint32_t socket, const envelope& message) override;
  void lost(std::uint32_t socket, std::string_view why) override;

  void joined(std::uint32_t socket, const envelope& message);
  void settle(std::uint32_t socket);
  void fail(std::uint32_t socket, std::string why);

  plan plan_;
  phoenix_context context_;
  phoenix_crowd crowd_;
  recovery_ledger ledger_;
  std::vector<std::string> topics_;      ///< by room
  std::vector<std::uint8_t> is_settled_; ///< by client: joined, or back with everything, or failed
  std::uint64_t settled_count_ = 0;
  std::uint64_t failed_count_ = 0;
  std::string first_failure_;
  bool is_back_ = false; ///< joins recover
  time_point started_;
  time_point last_complete_;
  histogram latency_;
};

} // namespace lintel::loadgen
