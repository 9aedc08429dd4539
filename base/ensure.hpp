#pragma once

#include <stdexcept>

namespace lintel::base {

/// A broken promise of our own code. Kills the actor it is thrown in; its supervisor decides what follows.
class broken_invariant : public std::logic_error {
public:
  using std::logic_error::logic_error;
};

/// States a pre- or postcondition. Kept in release builds: a wrong state must not spread.
inline void ensure(bool holds, const char* what) {
  if (!holds) [[unlikely]]
    throw broken_invariant{what};
}

} // namespace lintel::base
