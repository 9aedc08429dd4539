#pragma once

#include "protocol/close_reason.hpp"

namespace lintel::gateway {

/// Counts a socket that is being closed on our initiative: in all, and by reason. Of one that its client ends: nothing.
/// On a worker.
void count_closed(protocol::close_reason reason);

} // namespace lintel::gateway
