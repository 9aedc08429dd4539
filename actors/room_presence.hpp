#pragma once

#include "actors/alarm_clock.hpp"
#include "actors/client_identity.hpp"
#include "actors/connection_id.hpp"
#include "actors/messages.hpp"
#include "actors/presence_book.hpp"
#include "protocol/presence_payload.hpp"

#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace lintel::actors {

/// One room's side of presence: its book, who of its members has to do with it, and its alarms. Made when the first
/// member does; a room whose members never do pays a null pointer. Survives the room's incarnations. Used by the room
/// alone.
///
/// Phoenix's Presence class keeps diffs back until it has got a presence_state. A member that did not ask is sent one
/// only if somebody is there to be seen, and with the next change otherwise: to all, empty, in front of the diff.
class room_presence {
public:
  using time_point = presence_book::time_point;

  /// `has_members`: some are there already, who were told nothing.
  room_presence(const presence_rules& rules, const presence_limits& limits, bool has_members)
      : rules_(rules), limits_(limits), has_untold_(has_members) {}

  /// Tracks the member if its join says so; a session that is present is its new connection's. Empty, or why the join
  /// is to be refused: a literal.
  std::string_view join(const client_request& request, const protocol::presence_params& said, time_point now);
  /// What it is told right behind the answer to its join.
  std::vector<presence_news> greet(const protocol::presence_params& said);
  /// The event `presence`. Empty, or the reason of an error reply: a literal.
  std::string_view push(const client_request& request, time_point now);
  /// On purpose.
  void leave(const connection_id& who, time_point now);
  /// With its socket.
  void lose(const connection_id& who, time_point now);

  /// What all members are to be told now.
  std::vector<presence_news> take_due(time_point now);
  /// After whatever may have changed something: `room` gets a room_alarm when something is due.
  void set_alarm(light_process& room);
  void rang(const room_alarm& alarm) { alarms_.rang(alarm); }

  /// Nobody is present, nobody may come back unnoticed, and nothing is to be told.
  bool is_empty() const noexcept { return !book_ || book_->is_empty(); }
  /// For operators: {"presence":{...},"count":users}.
  std::string summary() const;

private:
  /// A member that is tracked, or has said under which key it would be.
  struct party {
    client_identity_ptr who;
    std::string key;
  };

  static presence_owner owner_of(const connection_id& connection, const client_identity_ptr& who);
  presence_book& book();
  presence_errc track(const client_request& request, std::string_view key, std::string_view meta, time_point now);

  const presence_rules& rules_;
  const presence_limits limits_;
  std::unique_ptr<presence_book> book_; // null: nobody was ever tracked
  std::unordered_map<connection_id, party, connection_id_hash> parties_;
  alarm_clock alarms_;
  bool has_untold_; // some member has had no presence_state; the list is empty then
};

} // namespace lintel::actors
