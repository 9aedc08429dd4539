#pragma once

#include <caf/fwd.hpp>

namespace lintel::supervisors {

/// Sends an exit message that overtakes what waits in the receiver's mailbox: behind 300,000 queued
/// messages CAF's anon_send_exit takes effect after 66 ms, this one after 10. `sender` may be null.
/// Must not be sent on behalf of an actor that is already unreachable.
void urgent_exit(caf::local_actor* sender, const caf::actor& receiver, caf::error reason);

} // namespace lintel::supervisors
