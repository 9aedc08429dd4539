#pragma once

#include <stdexcept>

namespace lintel::app {

/// A request that cannot be carried out, in words for the person who made it.
struct bad_request : std::runtime_error {
  using std::runtime_error::runtime_error;
};

} // namespace lintel::app
