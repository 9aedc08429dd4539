#include "supervisors/urgent_exit.hpp"

#include <caf/actor.hpp>
#include <caf/local_actor.hpp>
#include <caf/mailbox_element.hpp>
#include <caf/system_messages.hpp>
#include <utility>

namespace lintel::supervisors {

void urgent_exit(caf::local_actor* sender, const caf::actor& receiver, caf::error reason) {
  const auto from = sender == nullptr ? receiver.address() : sender->address();
  caf::strong_actor_ptr source;
  caf::execution_unit* worker = nullptr;
  if (sender != nullptr) {
    source = sender->ctrl();
    worker = sender->context();
  }
  receiver->enqueue(caf::make_mailbox_element(std::move(source),
                                              caf::make_message_id(caf::message_priority::high), {},
                                              caf::exit_msg{from, std::move(reason)}),
                    worker);
}

} // namespace lintel::supervisors
