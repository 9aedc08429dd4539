#pragma once

namespace lintel::gateway {

/// Gives the calling thread a descriptor table of its own, a copy of the shared one (unshare(2), CLONE_FILES).
/// False: the system does not let us.
[[nodiscard]] bool leave_shared_descriptor_table() noexcept;

/// Whether it would: tries it on a thread of its own.
[[nodiscard]] bool can_leave_shared_descriptor_table();

} // namespace lintel::gateway
