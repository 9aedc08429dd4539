#pragma once

#include <stdexcept>

namespace lintel::loadgen {

/// The run cannot start or go on; the text is the one sentence a person reads. Ends main with exit
/// code 2.
class cannot_run : public std::runtime_error {
public:
  using std::runtime_error::runtime_error;
};

} // namespace lintel::loadgen
