#include "gateway/descriptor_table.hpp"

#include <linux/close_range.h>
#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <thread>

namespace lintel::gateway {

// Containers often forbid unshare(2) altogether, for it makes namespaces, too. close_range(2) unshares the table on the
// way to closing a range, and this range is empty.
bool leave_shared_descriptor_table() noexcept {
  if (::unshare(CLONE_FILES) == 0)
    return true;
  return ::syscall(SYS_close_range, ~0U, ~0U, CLOSE_RANGE_UNSHARE) == 0;
}

bool can_leave_shared_descriptor_table() {
  bool did = false;
  std::thread{[&] { did = leave_shared_descriptor_table(); }}.join();
  return did;
}

} // namespace lintel::gateway
