#pragma once

#include "actors/light_process.hpp"

#include <atomic>
#include <mutex>
#include <vector>

namespace lintel::actors {

class system_desk;
struct room_services;

/// Where the system's processes are found. Filled while the tree starts, workers' couriers first; entries are
/// replaced only when their supervisor starts a new process in the place of one that ended for good.
class address_book {
public:
  explicit address_book(std::size_t workers) : couriers_(workers) {}

  /// Takes posts for the sockets of one worker. Any thread.
  light_process& courier(std::size_t worker) const noexcept {
    return *couriers_[worker].load(std::memory_order_acquire);
  }
  std::size_t workers() const noexcept { return couriers_.size(); }
  void set_courier(std::size_t worker, process_ptr<light_process> courier) {
    std::lock_guard lock{mutex_};
    couriers_[worker].store(courier.get(), std::memory_order_release);
    kept_.push_back(std::move(courier)); // somebody may just be posting to the one before
  }

  /// Finds rooms. Any thread; one uncontended lock per join.
  process_ptr<light_process> registry() const {
    std::lock_guard lock{mutex_};
    return registry_;
  }
  void set_registry(process_ptr<light_process> registry) {
    std::lock_guard lock{mutex_};
    registry_ = std::move(registry);
  }

  /// Answers for the system's own topics; null: there are none. Set before the tree starts.
  system_desk* desk() const noexcept { return desk_; }
  void set_desk(system_desk& desk) noexcept { desk_ = &desk; }

  /// What rooms keep their messages with; null: rooms keep nothing. Set before the tree starts.
  const room_services* rooms() const noexcept { return rooms_; }
  void set_rooms(const room_services& services) noexcept { rooms_ = &services; }

private:
  system_desk* desk_ = nullptr;
  const room_services* rooms_ = nullptr;
  std::vector<std::atomic<light_process*>> couriers_;
  std::vector<process_ptr<light_process>> kept_;
  mutable std::mutex mutex_;
  process_ptr<light_process> registry_;
};

} // namespace lintel::actors
