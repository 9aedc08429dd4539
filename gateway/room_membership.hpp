#pragma once

#include "gateway/connection_table.hpp"

namespace lintel::gateway {

/// Who of this worker's connections is a member of which room: keeps the rooms' legs and the connections' channels
/// in step. O(1) but for finding a channel among a connection's few.
class room_membership {
public:
  explicit room_membership(connection_table& table) : table_(table) {}

  void admit(connection& c, actors::channel& ch, const actors::room_leg_ptr& leg);
  /// What the member hears from here on.
  struct hearing {
    bool offsets = false;
    bool presence = false;
  };
  void set_hearing(actors::channel& ch, hearing what);
  /// The connection no longer hears the room; the channel is erased.
  void dismiss(connection& c, actors::channel& ch);
  /// The socket is going: leaves every room, and tells the rooms.
  void leave_all(connection& c);

private:
  void remove_from_leg(const actors::channel& ch);

  connection_table& table_;
};

} // namespace lintel::gateway
