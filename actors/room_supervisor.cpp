#include "actors/room_supervisor.hpp"

#include "actors/room_actor.hpp"
#include "actors/spawn_process.hpp"
#include "actors/system_room.hpp"
#include "actors/system_topic.hpp"
#include "base/bounded_writer.hpp"

#include <spdlog/spdlog.h>

namespace lintel::actors {

room_supervisor::room_supervisor(caf::actor_config& config, std::uint16_t index, supervisors::restart_budget budget,
                                 room_limits limits, const address_book& book, room_protection protection)
    : light_process(config, anywhere), index_(index), budget_(std::move(budget)), limits_(limits), book_(book),
      pacer_(std::make_shared<restart_pacer>("rooms/" + std::to_string(index), pool(), protection.storm)),
      quarantine_(protection.quarantine) {
  begin_incarnation(); // rooms may crash before our first letter arrives
}

room_supervisor::~room_supervisor() = default;

std::size_t room_supervisor::write_name(std::span<char> into) const noexcept {
  return base::bounded_writer{into}.text("rooms/").number(index_).size();
}

void room_supervisor::begin_incarnation() {
  std::lock_guard lock{mutex_};
  ledger_.emplace(budget_, id());
}

process_ptr<room_actor> room_supervisor::start_room(const std::string& topic) {
  auto* desk = is_system_topic(topic) ? book_.desk() : nullptr;
  process_ptr<room_actor> room = desk != nullptr
                                     ? spawn_process<system_room>(home_system(), topic, *this, limits_, book_, *desk)
                                     : spawn_process<room_actor>(home_system(), topic, *this, limits_, book_);
  std::lock_guard lock{mutex_};
  const bool is_new = rooms_.insert_or_assign(topic, room).second;
  system_rooms_ += is_new && is_system_topic(topic) ? 1u : 0u;
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

std::size_t room_supervisor::count_of_users() const {
  std::lock_guard lock{mutex_};
  return rooms_.size() - system_rooms_;
}

supervisors::verdict room_supervisor::judge(const room_actor& child, supervisors::failure how) {
  const auto now = worker::clock::now();
  std::lock_guard lock{mutex_};
  const auto decided = ledger_->failed(child.id(), how, now);
  if (decided.what == supervisors::verdict::action::give_up)
    confine(child.topic(), now);
  else
    child_restarts_.fetch_add(1, std::memory_order_relaxed);
  return decided;
}

// With mutex_ held.
void room_supervisor::confine(const std::string& topic, worker::clock::time_point now) {
  const auto length = quarantine_.confine(topic, now);
  has_quarantined_.store(true, std::memory_order_relaxed);
  pool().count(counter::rooms_quarantined);
  spdlog::error("room {} has used up its restarts: quarantined for {} s", topic,
                std::chrono::duration_cast<std::chrono::seconds>(length).count());
}

bool room_supervisor::is_quarantined(const std::string& topic) const {
  if (!has_quarantined_.load(std::memory_order_relaxed))
    return false;
  std::lock_guard lock{mutex_};
  return quarantine_.holds(topic, worker::clock::now());
}

std::vector<supervisors::quarantine::sentence> room_supervisor::quarantined() const {
  std::lock_guard lock{mutex_};
  return quarantine_.confined(worker::clock::now());
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
  system_rooms_ -= is_system_topic(released->topic()) ? 1u : 0u;
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
