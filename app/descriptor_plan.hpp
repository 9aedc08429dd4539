#pragma once

#include <cstddef>
#include <string>

namespace lintel::app {

/// What is asked for: 0 means "choose".
struct descriptor_wish {
  std::size_t connections = 0;
  std::size_t workers = 0;
};

/// How many workers hold how many sockets, and whether each needs a descriptor table of its own.
///
/// RLIMIT_NOFILE limits a descriptor *table*, not a process: a thread that leaves the shared table with
/// unshare(CLONE_FILES) may open that many again (unshare(2), getrlimit(2)). So one process holds a million sockets
/// where a table holds 20,000.
struct descriptor_plan {
  std::size_t workers = 1;
  std::size_t connections_max = 0;
  bool has_own_tables = false;
  std::string flaw; ///< a sentence that says what cannot be and what to do; empty: nothing
};

/// `table_size`: RLIMIT_NOFILE as raised.
descriptor_plan plan_descriptors(descriptor_wish wish, std::size_t cores, std::size_t table_size);

} // namespace lintel::app
