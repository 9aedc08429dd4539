#pragma once

#include <cstdint>
#include <string_view>

namespace lintel::actors {

/// What a client may do beside talking: see the system's own topics, or also kill. Each includes the one before.
enum class role : std::uint8_t { none, viewer, admin };

constexpr std::string_view name_of(role which) noexcept {
  return which == role::admin ? "admin" : which == role::viewer ? "viewer" : "none";
}

} // namespace lintel::actors
