#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace lintel::actors {

/// What kind of actor a process is, for figures about all of a kind.
enum class process_class : std::uint8_t { connection, room, registry, courier, listener, supervisor, other };
inline constexpr std::size_t process_class_count = 7;

constexpr std::string_view name_of(process_class what) noexcept {
  constexpr std::string_view names[] = {"connection", "room", "registry", "courier", "listener", "supervisor", "other"};
  return names[static_cast<std::size_t>(what)];
}

} // namespace lintel::actors
