#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace lintel::actors {

/// Names one connection for as long as its socket lives: the worker that owns it, its place in that worker's table,
/// and how often the place was used before. Written "c0-17-3".
struct connection_id {
  std::uint32_t slot = 0;
  std::uint32_t generation = 0;
  std::uint16_t worker = 0;

  friend bool operator==(const connection_id&, const connection_id&) = default;
};

/// For tables of connections of all workers.
struct connection_id_hash {
  std::size_t operator()(const connection_id& id) const noexcept {
    return (std::size_t{id.generation} << 32 | id.slot) * 0x9e3779b97f4a7c15 + id.worker;
  }
};

std::string to_string(const connection_id& id);
/// The same into memory that is there already; returns its length. Safe in signal handlers.
std::size_t write(const connection_id& id, std::span<char> into) noexcept;

/// nullopt when `text` is no connection id.
std::optional<connection_id> parse_connection_id(std::string_view text);

} // namespace lintel::actors
