#pragma once

#include <memory>
#include <string>

namespace lintel::actors {

/// What a client says about itself among the parameters of its URL. Nothing of that is proven.
struct client_identity {
  std::string sid;  ///< names its session across sockets; empty: none
  std::string user; ///< a name; empty: none
  std::string peer{}; ///< the other end of its socket, as we see it; known of those that show a key
};
using client_identity_ptr = std::shared_ptr<const client_identity>;

} // namespace lintel::actors
