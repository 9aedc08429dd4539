#pragma once

#include "actors/address_book.hpp"
#include "actors/messages.hpp"
#include "app/request_refused.hpp"

#include <functional>

namespace lintel::app {

/// Asks the room of the message's topic, which is started if need be. `then` is called once, on any thread, and must
/// not wait; at once when there is nobody to ask.
void ask_room(const actors::address_book& book, actors::room_request::order what, protocol::message_ptr message,
              std::function<void(actors::room_answer)> then);

/// What HTTP says to a room's refusal. `error` is not empty.
request_refused refusal_of(const std::string& error);

} // namespace lintel::app
