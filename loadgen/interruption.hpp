#pragma once

/// Ctrl-C and SIGTERM, noticed instead of dying of them: the conductor hangs up on its processes and waits until their
/// sockets are closed, so that whoever runs next finds the machine as it was.
namespace lintel::loadgen::interruption {

/// From now on, in this process and those it forks. A second signal ends the process at once.
void watch();

bool has_come() noexcept;

} // namespace lintel::loadgen::interruption
