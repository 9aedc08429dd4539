#pragma once

#include "loadgen/control_client.hpp"
#include "loadgen/report.hpp"
#include "loadgen/server_process.hpp"

#include <cstdint>
#include <optional>

namespace lintel::loadgen {

/// What a server holds, from the outside and by its own account.
struct server_holdings {
  std::optional<std::uint64_t> rss_bytes;
  std::optional<std::uint64_t> pss_bytes;
  std::optional<std::uint64_t> descriptors;
  std::optional<std::uint64_t> threads;
  server_levels levels;

  static server_holdings of(const server_process& process, control_client& control);
};

/// Resident memory may grow by so much: the allocator keeps what lies below something that lives on.
inline constexpr double rss_growth_max = 0.05;

/// One check for each: nothing may have become more. What could not be read has failed.
void add_leak_checks(report& into, const server_holdings& before, const server_holdings& after);

} // namespace lintel::loadgen
