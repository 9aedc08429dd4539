#pragma once

#include "actors/address_book.hpp"
#include "actors/light_process.hpp"
#include "actors/messages.hpp"
#include "actors/room_actor.hpp"
#include "actors/room_supervisor.hpp"
#include "base/bounded_writer.hpp"

#include <string>
#include <unordered_map>
#include <vector>

namespace lintel::actors {

/// Finds the room of a topic, and starts it for the first join. Every join and every
/// room_request passes here, which makes this the one
/// place that knows whether a room without members may end.
///
/// An incarnation holds the map of rooms; the next one rebuilds it from the room supervisors.
class room_registry : public light_process {
public:
  room_registry(caf::actor_config& config, std::vector<process_ptr<room_supervisor>> supervisors,
                const address_book& book, supervisors::restart_budget budget);
  ~room_registry() override;

  std::size_t write_name(std::span<char> into) const noexcept override {
    return base::bounded_writer{into}.text("registry").size();
  }
  process_class what() const noexcept override { return process_class::registry; }

protected:
  void begin_incarnation() override;
  void end_incarnation() noexcept override { rooms_.clear(); }
  handled handle(letter_ptr& mail) override;
  void refuse(letter& mail) noexcept override;
  trace_id trace_of(const letter& mail) const noexcept override { return actors::trace_of(mail); }
  supervisors::verdict failed(const exit_report& report) override;

private:
  void pass_on(letter_ptr& mail);
  void consider_retiring(const retire_request& request);
  bool exists(const letter& mail, const std::string& topic) const;
  /// Null: the topic is quarantined.
  process_ptr<room_actor> room_for(const std::string& topic);
  void turn_away(const letter& mail, std::string_view why) const;

  const std::vector<process_ptr<room_supervisor>> supervisors_;
  const address_book& book_;
  supervisors::restart_ledger ledger_;
  std::unordered_map<std::string, process_ptr<room_actor>> rooms_;
};

} // namespace lintel::actors
