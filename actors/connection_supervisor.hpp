#pragma once

#include "actors/connection_port.hpp"
#include "actors/light_process.hpp"
#include "actors/restart_pacer.hpp"
#include "supervisors/restart_ledger.hpp"

#include <atomic>
#include <functional>
#include <optional>

namespace lintel::actors {

/// Supervises the connections of one worker: dynamic, each child with a restart budget of its own, so that one
/// crash-looping client never harms a sibling. A child asks for its verdict itself, by a plain call: both live on
/// the same worker, and a restart costs a microsecond instead of two messages.
///
/// When very many crash, restarts are paced: later, but for all.
///
/// Its own incarnation holds the ledger of recent crashes. Killed, it forgets them; the children stay, for they
/// are found through the connection table, not through this process.
class connection_supervisor : public light_process {
public:
  /// Closes every socket of the worker, `shutting_down`; calls back when the last one is gone.
  using close_all_function = std::function<void(std::function<void()>)>;

  connection_supervisor(caf::actor_config& config, std::uint16_t worker, supervisors::restart_budget budget,
                        close_all_function close_all, supervisors::storm_limits storm = {});

  /// On this worker only.
  supervisors::verdict judge(std::uint64_t child, supervisors::failure how);
  std::uint32_t restarts_left(std::uint64_t child);
  void forget(std::uint64_t child);
  restart_pacer& pacer() noexcept { return *pacer_; }
  /// Incarnations of children that ended and were to be followed by another. Any thread.
  std::uint64_t child_restarts() const noexcept { return child_restarts_.load(std::memory_order_relaxed); }

  std::size_t write_name(std::span<char> into) const noexcept override;
  process_class what() const noexcept override { return process_class::supervisor; }

protected:
  void begin_incarnation() override;
  handled handle(letter_ptr& mail) override;
  bool agrees_to_end(const caf::error& reason) override;

private:
  supervisors::restart_budget budget_;
  close_all_function close_all_;
  const std::shared_ptr<restart_pacer> pacer_;
  std::optional<supervisors::restart_ledger> ledger_;
  std::atomic<std::uint64_t> child_restarts_{0};
  bool is_draining_ = false;
};

} // namespace lintel::actors
