#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace lintel::actors {

/// What one room keeps for its members. A tracked member takes about 480 bytes (x86-64, glibc, with a session of 26
/// characters), and `text_bytes_max` counts its texts: key, meta and session.
struct presence_limits {
  std::size_t meta_bytes_max = 1024;
  std::uint32_t metas_per_key_max = 32; ///< devices of one user
  std::size_t text_bytes_max = 64 * 1024 * 1024;
  /// Of texts that are listed, however few: a presence_state has to fit into an outbox, and so has a diff of everybody
  /// leaving while as many join.
  std::size_t list_bytes_max = 256 * 1024;
};

/// Why a meta is not tracked.
enum class presence_errc : std::uint8_t { ok, invalid_key, invalid_meta, meta_too_big, too_many_metas, presence_full };
/// The `reason` of the error reply: "invalid presence key", ...
std::string_view describe(presence_errc error) noexcept;

} // namespace lintel::actors
