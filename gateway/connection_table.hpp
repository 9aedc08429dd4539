#pragma once

#include "gateway/connection.hpp"

#include <array>
#include <cstdint>
#include <memory>
#include <vector>

namespace lintel::gateway {

/// The connections of one worker. A slot is reused; its generation tells the uses apart, so that an event or a letter
/// for a socket that is gone finds nobody instead of a stranger. Addresses are stable.
class connection_table {
public:
  explicit connection_table(std::uint16_t worker) : worker_(worker) {}

  connection& take();
  void give_back(connection& c);

  /// nullptr when that use of the slot is over.
  connection* find(std::uint32_t slot, std::uint32_t generation) noexcept;
  connection* find(const actors::connection_id& id) noexcept { return find(id.slot, id.generation); }
  connection& at(std::uint32_t slot) noexcept { return (*chunks_[slot / chunk_size])[slot % chunk_size]; }
  connection& of(const actors::session& s) noexcept { return at(s.id.slot); }

  std::uint16_t worker() const noexcept { return worker_; }
  std::size_t in_use() const noexcept { return in_use_; }
  std::uint32_t slots() const noexcept { return static_cast<std::uint32_t>(chunks_.size() * chunk_size); }

  template <class Visit>
  void for_each(Visit&& visit) {
    for (std::uint32_t slot = 0; slot < slots(); ++slot)
      if (auto& c = at(slot); c.at != connection::phase::free)
        visit(c);
  }

private:
  static constexpr std::size_t chunk_size = 256;

  const std::uint16_t worker_;
  std::vector<std::unique_ptr<std::array<connection, chunk_size>>> chunks_;
  std::vector<std::uint32_t> free_;
  std::size_t in_use_ = 0;
};

} // namespace lintel::gateway
