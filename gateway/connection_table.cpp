#include "gateway/connection_table.hpp"

namespace lintel::gateway {

connection& connection_table::take() {
  if (free_.empty()) {
    const auto first = slots();
    chunks_.push_back(std::make_unique<std::array<connection, chunk_size>>());
    for (auto slot = slots(); slot-- > first;) { // low slots first
      at(slot).session.id = {slot, 0, worker_};
      free_.push_back(slot);
    }
  }
  auto& c = at(free_.back());
  free_.pop_back();
  ++in_use_;
  return c;
}

void connection_table::give_back(connection& c) {
  const auto id = c.session.id;
  c = connection{};
  c.session.id = {id.slot, id.generation + 1, worker_};
  free_.push_back(id.slot);
  --in_use_;
}

connection* connection_table::find(std::uint32_t slot, std::uint32_t generation) noexcept {
  if (slot >= slots())
    return nullptr;
  auto& c = at(slot);
  return c.at != connection::phase::free && c.session.id.generation == generation ? &c : nullptr;
}

} // namespace lintel::gateway
