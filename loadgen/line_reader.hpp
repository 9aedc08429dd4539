#pragma once

#include <optional>
#include <string>

namespace lintel::loadgen {

/// Lines that somebody writes into a pipe, read without waiting for them. Not thread-safe.
class line_reader {
public:
  /// `fd` stays the caller's.
  explicit line_reader(int fd) noexcept : fd_(fd) {}

  /// The next whole line without its end; none: not yet, or no more. What follows the last line's end is no line.
  std::optional<std::string> next();

  /// Nothing more will come, because the pipe was closed or failed. Known once next() has found nothing.
  bool is_at_end() const noexcept { return is_at_end_; }

private:
  std::optional<std::string> take();
  bool read_some();

  int fd_;
  std::string received_;
  bool is_at_end_ = false;
};

} // namespace lintel::loadgen
