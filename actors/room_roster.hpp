#pragma once

#include "actors/room_leg.hpp"

#include <cstdint>
#include <vector>

namespace lintel::actors {

/// How many members a room has on which worker. Survives the room's incarnations: killing a room loses no member.
class room_roster {
public:
  struct entry {
    room_leg_ptr leg;
    std::uint32_t members = 0;
  };

  explicit room_roster(std::size_t workers) : legs_(workers) {}

  /// One more member on `worker`; `make` builds its leg when there is none yet.
  template <class Make>
  const room_leg_ptr& add(std::uint16_t worker, Make&& make) {
    auto& e = legs_[worker];
    if (!e.leg)
      e.leg = make();
    ++e.members;
    ++members_;
    return e.leg;
  }

  void remove(std::uint16_t worker) noexcept {
    auto& e = legs_[worker];
    if (e.members == 0)
      return;
    --e.members;
    --members_;
  }

  const entry& on(std::uint16_t worker) const noexcept { return legs_[worker]; }
  const std::vector<entry>& legs() const noexcept { return legs_; }
  std::uint32_t members() const noexcept { return members_; }
  void clear() noexcept {
    for (auto& e : legs_)
      e = {};
    members_ = 0;
  }

private:
  std::vector<entry> legs_;
  std::uint32_t members_ = 0;
};

} // namespace lintel::actors
