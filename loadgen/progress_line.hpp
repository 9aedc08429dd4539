#pragma once

#include "loadgen/clock.hpp"

#include <string_view>

namespace lintel::loadgen {

/// What the program is doing, on stderr: one line that is rewritten on a terminal, a line every 2 s
/// elsewhere. Silent during the first second: a short run needs no company.
class progress_line {
public:
  progress_line();
  ~progress_line() { clear(); }
  progress_line(const progress_line&) = delete;
  progress_line& operator=(const progress_line&) = delete;

  void show(std::string_view text);
  /// Leaves a terminal's line empty for whatever is printed next.
  void clear();

private:
  bool is_terminal_;
  time_point started_;
  time_point last_shown_;
  bool is_dirty_ = false;
};

} // namespace lintel::loadgen
