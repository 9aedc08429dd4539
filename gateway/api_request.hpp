#pragma once

#include "actors/connection_id.hpp"
#include "actors/role.hpp"

#include <string>

namespace lintel::gateway {

/// A request under /api/ as the application gets it, with its body. It owns what it says: the answer may be made on
/// another thread, when the bytes that came in are long gone.
struct api_request {
  actors::connection_id from; ///< who waits for the answer
  std::string method;         ///< "GET" also for a HEAD
  std::string path;           ///< as it came, without the query
  std::string query;
  std::string content_type;
  std::string body;
  std::string peer; ///< who asks: gateway/peer_address.hpp
  actors::role may = actors::role::none;
};

} // namespace lintel::gateway
