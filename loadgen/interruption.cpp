#include "loadgen/interruption.hpp"

#include <csignal>

namespace lintel::loadgen::interruption {

namespace {

// A signal handler can reach nothing else.
volatile std::sig_atomic_t is_interrupted = 0;

void note(int) { is_interrupted = 1; }

} // namespace

void watch() {
  struct sigaction wanted {};
  wanted.sa_handler = note;
  wanted.sa_flags = static_cast<int>(SA_RESETHAND); // a second one need not be patient
  sigaction(SIGINT, &wanted, nullptr);
  sigaction(SIGTERM, &wanted, nullptr);
}

bool has_come() noexcept { return is_interrupted != 0; }

} // namespace lintel::loadgen::interruption
