#include "loadgen/progress_line.hpp"

#include <fmt/format.h>

#include <unistd.h>

#include <cstdio>

namespace lintel::loadgen {

namespace {

using namespace std::chrono_literals;

constexpr nanoseconds silence = 1s;
constexpr nanoseconds rewrite_interval = 200ms;
constexpr nanoseconds line_interval = 2s;

} // namespace

progress_line::progress_line()
    : is_terminal_(isatty(STDERR_FILENO) == 1), started_(clock::now()), last_shown_(started_) {}

void progress_line::show(std::string_view text) {
  const time_point now = clock::now();
  const nanoseconds interval = is_terminal_ ? rewrite_interval : line_interval;
  if (now - started_ < silence || now - last_shown_ < interval)
    return;
  last_shown_ = now;
  const double elapsed = seconds(now - started_);
  if (is_terminal_)
    fmt::print(stderr, "\r\x1b[K{:6.1f} s  {}", elapsed, text);
  else
    fmt::print(stderr, "{:6.1f} s  {}\n", elapsed, text);
  std::fflush(stderr);
  is_dirty_ = is_terminal_;
}

void progress_line::clear() {
  if (is_dirty_)
    fmt::print(stderr, "\r\x1b[K");
  is_dirty_ = false;
}

} // namespace lintel::loadgen
