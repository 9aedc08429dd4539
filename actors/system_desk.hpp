#pragma once

#include "actors/client_identity.hpp"
#include "actors/light_process.hpp"
#include "actors/messages.hpp"

#include <string>

namespace lintel::actors {

/// Who answers for the system's own topics: gathers what is published there, and carries out what is asked. A system
/// room knows nothing of the server around it; this is its way out. Any thread; nothing here waits.
class system_desk {
public:
  virtual ~system_desk() = default;

  /// Somebody has come: publish soon, and from time to time as long as members are there.
  virtual void watch(const std::string& topic, process_ptr<light_process> room) = 0;
  /// The last member has left, or the room is over. Of a room that another one has replaced: nothing.
  virtual void unwatch(const std::string& topic, const light_process& room) = 0;
  /// What whoever joins hears before any news: the payload of the event `history`. Empty: nothing.
  virtual std::string past_of(const std::string& topic) = 0;
  /// A push of an admin. Is answered by request_settled. `who` may be null.
  virtual void ask(connection_id from, protocol::message_ptr request, client_identity_ptr who) = 0;
  /// A client has killed or crashed something without a key: its own actor, or in an experiment a room's handler.
  virtual void struck(std::string_view action, std::string whom, connection_id by) = 0;
};

} // namespace lintel::actors
