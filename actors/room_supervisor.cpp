#include "actors/room_supervisor.hpp"

#include "actors/room_actor.hpp"
#include "actors/spawn_process.hpp"

namespace lintel::actors {

room_supervisor::room_supervisor(caf::actor_config& config, std::uint16_t index, supervisors::restart_budget budget,
                                 room_limits limits, const address_book& book)
    : light_process(config, anywhere), index_(index), budget_(std::move(budget)), limits_(limits), book_(book) {
  begin_incarnation(); // rooms may crash before our first letter arrives
}

room_supervisor::~room_supervisor() = default;

std::string room_supervisor::name() const { return "rooms/" + std::to_string(index_); }

void room_supervisor::begin_incarnation() {
  std::lock_guard lock{mutex_};
  ledger_.emplace(budget_, id());
}

process_ptr<room_actor> room_supervisor::start_room(const std::string& topic) {
  auto room = spawn_process<room_actor>(home_system(), topic, *this, limits_, book_);
  std::lock_guard lock{mutex_};
  rooms_.insert_or_assign(topic, room);
  return room;
}

std::vector<process_ptr<room_actor>> room_supervisor::rooms() const {
  std::lock_guard lock{mutex_};
  std::vector<process_ptr<room_actor>> all;
  all.reserve(rooms_.size());
  for (const auto& [topic, room] : rooms_)
    all.push_back(room);
  return all;
}

process_ptr<room_actor> room_supervisor::find(const std::string& topic) const {
  std::lock_guard lock{mutex_};
  auto found = rooms_.find(topic);
  return found == rooms_.end() ? nullptr : found->second;
}

std::size_t room_supervisor::count() const {
  std::lock_guard lock{mutex_};
  return rooms_.size();
}

supervisors::verdict room_supervisor::judge(const room_actor& child, supervisors::failure how) {
  std::lock_guard lock{mutex_};
  return ledger_->failed(child.id(), how, worker::clock::now());
}

void room_supervisor::forget(const room_actor& child) {
  process_ptr<room_actor> released; // destroyed after the lock is gone
  std::lock_guard lock{mutex_};
  ledger_->forget(child.id());
  auto found = rooms_.find(child.topic());
  if (found == rooms_.end() || found->second.get() != &child)
    return; // a successor has the topic
  released = std::move(found->second);
  rooms_.erase(found);
}

handled room_supervisor::handle(letter_ptr&) {
  pool().count(counter::unhandled);
  return handled::done;
}

// Ordered shutdown: rooms end with their supervisor. Connections were closed before (they start after rooms).
bool room_supervisor::agrees_to_end(const caf::error&) {
  for (const auto& room : rooms())
    room->post(std::make_unique<retire>());
  return true;
}

} // namespace lintel::actors
