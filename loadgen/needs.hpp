#pragma once

#include "loadgen/machine.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace lintel::loadgen {

/// What so many connections take of one machine that holds both their ends.
struct connection_needs {
  std::uint64_t connections = 0;
  std::uint64_t memory_bytes = 0;
  std::uint64_t files = 0;         ///< a socket at each end, and some for the programs
  std::uint32_t threads = 1;       ///< of the generator
  std::uint32_t server_tables = 1; ///< descriptor tables of the server, each with a worker and a listener
  std::uint32_t source_addresses = 1;
};

/// Measured with a million on Linux 6.18, 8.9 KB: the kernel keeps 8.4 KB for a pair of sockets with their epoll
/// entries, the server 0.5 KB, the generator 0.2 KB (freed slabs of earlier programs cover some). A broadcast to
/// everybody holds about 1 KB per connection in socket buffers until it has been read.
inline constexpr std::uint64_t bytes_per_connection = 10'500;
/// Programs without connections, and room to breathe.
inline constexpr std::uint64_t bytes_besides = 512ull * 1024 * 1024;

/// The server's limit of workers.
inline constexpr std::uint32_t server_tables_max = 64;
/// How full a table may be planned: SO_REUSEPORT spreads by chance, the fullest has some hundred more than its share.
inline constexpr double server_table_share = 0.94;
/// Of a table, what is not a connection.
inline constexpr std::uint64_t server_table_spare = 544;

connection_needs needs_of(std::uint64_t connections, const machine_limits& here);

/// Each a sentence that says what is missing and what would help; empty: it can be done here.
std::vector<std::string> shortfalls(const connection_needs& needs, const machine_limits& here);

/// What is needed and what there is, in one sentence.
std::string in_words(const connection_needs& needs, const machine_limits& here);

} // namespace lintel::loadgen
