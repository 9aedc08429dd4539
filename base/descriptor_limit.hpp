#pragma once

#include <sys/resource.h>

#include <cstddef>

namespace lintel::base {

/// Raises the soft limit of open files to the hard one, and returns it: the size of a descriptor table.
inline std::size_t raise_descriptor_limit() noexcept {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
    return 1024; // POSIX promises some, Linux starts with this
  if (limit.rlim_cur < limit.rlim_max) {
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
    getrlimit(RLIMIT_NOFILE, &limit);
  }
  return limit.rlim_cur;
}

} // namespace lintel::base
