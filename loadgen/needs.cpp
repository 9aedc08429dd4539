#include "loadgen/needs.hpp"

#include "loadgen/endpoint.hpp"
#include "loadgen/report.hpp"
#include "loadgen/scenario.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace lintel::loadgen {

namespace {

constexpr std::uint64_t files_besides = 20'000; // threads' epolls and wake-ups, inherited copies, other programs

std::uint64_t parts(std::uint64_t whole, std::uint64_t part) { return (whole + part - 1) / part; }

double gib(std::uint64_t bytes) { return static_cast<double>(bytes) / (1ull << 30); }

std::uint64_t planned_per_server_table(const machine_limits& here) {
  const std::uint64_t free = std::max(here.descriptors_per_table, server_table_spare + 1) - server_table_spare;
  const auto planned = static_cast<std::uint64_t>(static_cast<double>(free) * server_table_share);
  return std::max<std::uint64_t>(planned, 1);
}

} // namespace

connection_needs needs_of(std::uint64_t connections, const machine_limits& here) {
  const std::uint64_t spared = std::max(here.descriptors_per_table, descriptors_spare + 1) - descriptors_spare;
  const std::uint64_t for_descriptors = parts(connections, spared);
  // Fewer than there are cores would make the generator the bottleneck while connecting.
  const std::uint64_t threads =
      std::max<std::uint64_t>(for_descriptors, std::min<std::uint64_t>(here.cores, connections));
  return {.connections = connections,
          .memory_bytes = connections * bytes_per_connection + bytes_besides,
          .files = 2 * connections + std::min(files_besides, connections),
          .threads = static_cast<std::uint32_t>(threads),
          .server_tables = static_cast<std::uint32_t>(parts(connections, planned_per_server_table(here))),
          .source_addresses =
              static_cast<std::uint32_t>(parts(connections, source_addresses::connections_per_source_max))};
}

std::vector<std::string> shortfalls(const connection_needs& needs, const machine_limits& here) {
  std::vector<std::string> found;
  const auto require = [&](bool holds, std::string otherwise) {
    if (!holds)
      found.push_back(std::move(otherwise));
  };
  require(needs.memory_bytes <= here.memory_available,
          fmt::format("about {:.1f} GiB of memory are needed and {:.1f} GiB are available: try --connections {}",
                      gib(needs.memory_bytes), gib(here.memory_available),
                      here.memory_available > bytes_besides
                          ? (here.memory_available - bytes_besides) / bytes_per_connection / 1000 * 1000
                          : 1000));
  require(here.files_open + needs.files <= here.files_max,
          fmt::format("{} open files are needed and fs.file-max leaves {}: sysctl fs.file-max={}", grouped(needs.files),
                      grouped(here.files_max - std::min(here.files_open, here.files_max)),
                      here.files_open + needs.files));
  require(needs.server_tables <= server_tables_max,
          fmt::format("with {} descriptors per table the server's {} workers hold {} connections: raise the hard limit "
                      "(ulimit -Hn)",
                      grouped(here.descriptors_per_table), server_tables_max,
                      grouped(server_tables_max * planned_per_server_table(here))));
  require(needs.source_addresses <= source_addresses::source_count_max,
          fmt::format("the {} source addresses on loopback carry {} connections", source_addresses::source_count_max,
                      grouped(std::uint64_t{source_addresses::source_count_max} *
                              source_addresses::connections_per_source_max)));
  // connect() tries the ports of one parity first and searches all when those are taken.
  constexpr std::uint32_t ports_min = 2 * source_addresses::connections_per_source_max;
  require(needs.source_addresses == 1 || here.ports >= ports_min,
          fmt::format("net.ipv4.ip_local_port_range has {} ports, {} are needed: sysctl "
                      "net.ipv4.ip_local_port_range=\"32768 60999\"",
                      grouped(here.ports), grouped(ports_min)));
  return found;
}

std::string in_words(const connection_needs& needs, const machine_limits& here) {
  return fmt::format(
      "{} connections, both ends on this machine, need about {:.1f} GiB of memory ({:.1f} available), {} "
      "open files ({} left of fs.file-max), {} generator threads and {} server workers with {} "
      "descriptors each, and {} source addresses on loopback",
      grouped(needs.connections), gib(needs.memory_bytes), gib(here.memory_available), grouped(needs.files),
      grouped(here.files_max - std::min(here.files_open, here.files_max)), needs.threads, needs.server_tables,
      grouped(here.descriptors_per_table), needs.source_addresses);
}

} // namespace lintel::loadgen
