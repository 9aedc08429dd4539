#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string>

namespace lintel::actors {

/// Makes the `phx_ref` of tracked metas: 16 characters of base64url, opaque to clients, never the same twice. Half of
/// it is this server's life, half a counter, so that a client that comes back after a restart finds all refs new.
/// Any thread.
class presence_refs {
public:
  static constexpr std::size_t ref_bytes = 16;

  /// A life of its own, from the system's random numbers.
  presence_refs();
  /// For tests: the lower 48 bits of `life` are used.
  explicit presence_refs(std::uint64_t life) noexcept : life_(life) {}

  std::string next();

private:
  const std::uint64_t life_;
  std::atomic<std::uint64_t> made_{0}; // 48 bits: at a million a second, enough for nine years
};

} // namespace lintel::actors
