#pragma once

#include "floor_outbox.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace lintel::bench {

struct connection;

struct room {
  std::string topic;
  std::vector<connection*> members;
};

struct connection {
  int fd = -1;
  std::uint32_t position = 0; ///< in in->members
  room* in = nullptr;
  floor_outbox out;
  std::unique_ptr<std::string> unread; ///< an incomplete frame or request
  bool is_open = false;                ///< the upgrade is done
  bool is_dirty = false;
  bool is_full = false; ///< waits for EPOLLOUT
};

} // namespace lintel::bench
