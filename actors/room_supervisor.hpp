#pragma once

#include "actors/address_book.hpp"
#include "actors/light_process.hpp"
#include "actors/restart_pacer.hpp"
#include "supervisors/quarantine.hpp"
#include "supervisors/restart_ledger.hpp"

#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace lintel::actors {

class room_actor;

struct room_limits {
  std::uint32_t members_max = 1'000'000;
  std::uint64_t recover_bytes_max = 512 << 10;    ///< of messages that one join can recover: half an outbox
  std::uint64_t presence_bytes_max = 256 << 10;   ///< of texts that a presence_state lists: a quarter of an outbox
  std::uint64_t log_waiting_bytes_max = 64 << 20; ///< of all rooms, on their way to the disk
  std::chrono::milliseconds log_patience{5'000};  ///< until those who wait for a log are told; clients wait ten seconds
  bool takes_chaos_events = false;                ///< the event chaos:crash_room throws in the room's handler
};

/// How far rooms may crash before the rest is protected from them.
struct room_protection {
  supervisors::storm_limits storm;         // of the server
  supervisors::quarantine_rule quarantine; // of a room that has used up its restarts
};

/// Supervises some of the rooms: dynamic, a restart budget per room. Rooms run on any worker, so what they ask of
/// their supervisor is guarded by a mutex; nobody asks on the path of a message.
///
/// The table of children survives this process's incarnations and is the truth about which rooms exist:
/// the registry rebuilds its map from it. So does the quarantine: a topic whose room crashed past its budget takes no
/// joins until its cool-down has passed.
class room_supervisor : public light_process {
public:
  room_supervisor(caf::actor_config& config, std::uint16_t index, supervisors::restart_budget budget,
                  room_limits limits, const address_book& book, room_protection protection = {});
  ~room_supervisor() override;

  /// Any thread, as everything below.
  process_ptr<room_actor> start_room(const std::string& topic);
  std::vector<process_ptr<room_actor>> rooms() const;
  process_ptr<room_actor> find(const std::string& topic) const;
  std::size_t count() const;
  /// Of those, the ones that are no system topics.
  std::size_t count_of_users() const;

  supervisors::verdict judge(const room_actor& child, supervisors::failure how);
  void forget(const room_actor& child);
  restart_pacer& pacer() noexcept { return *pacer_; }
  /// Incarnations of rooms that ended and were to be followed by another.
  std::uint64_t child_restarts() const noexcept { return child_restarts_.load(std::memory_order_relaxed); }
  /// Costs a load of an atomic as long as there is no such topic.
  bool is_quarantined(const std::string& topic) const;
  /// The topics that are, in no order.
  std::vector<supervisors::quarantine::sentence> quarantined() const;

  std::size_t write_name(std::span<char> into) const noexcept override;
  process_class what() const noexcept override { return process_class::supervisor; }

protected:
  void begin_incarnation() override;
  handled handle(letter_ptr& mail) override;
  bool agrees_to_end(const caf::error& reason) override;

private:
  void confine(const std::string& topic, worker::clock::time_point now);

  const std::uint16_t index_;
  const supervisors::restart_budget budget_;
  const room_limits limits_;
  const address_book& book_;
  const std::shared_ptr<restart_pacer> pacer_;
  std::atomic<bool> has_quarantined_{false};
  std::atomic<std::uint64_t> child_restarts_{0};
  mutable std::mutex mutex_;
  supervisors::quarantine quarantine_;                             // guarded by mutex_
  std::optional<supervisors::restart_ledger> ledger_;              // guarded by mutex_
  std::unordered_map<std::string, process_ptr<room_actor>> rooms_; // guarded by mutex_
  std::size_t system_rooms_ = 0;                                   // of those; guarded by mutex_
};

} // namespace lintel::actors
