#pragma once

#include <cstdint>

namespace lintel::actors {

/// What a client may do beside talking: see the system's own topics, or also kill. Each includes the one before.
enum class role : std::uint8_t { none, viewer, admin };

} // namespace lintel::actors
