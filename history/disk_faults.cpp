#include "history/disk_faults.hpp"

#include <fstream>
#include <iterator>
#include <string>

namespace lintel::history {

std::optional<fault_plan> parse_faults(std::string_view text) noexcept {
  constexpr std::string_view blanks = " \t\r\n";
  fault_plan plan;
  while (true) {
    const auto begin = text.find_first_not_of(blanks);
    if (begin == std::string_view::npos)
      return plan;
    text.remove_prefix(begin);
    const auto word = text.substr(0, text.find_first_of(blanks));
    text.remove_prefix(word.size());
    if (word == "append=eio")
      plan.append = append_fault::io_error;
    else if (word == "append=enospc")
      plan.append = append_fault::no_space;
    else if (word == "append=short")
      plan.append = append_fault::short_write;
    else if (word == "sync=eio")
      plan.is_sync_failing = true;
    else if (word == "read=flip")
      plan.is_read_flipped = true;
    else
      return {};
  }
}

// Each time: whoever has written it then knows from when on it holds. It is small, and an experiment's.
fault_plan disk_faults::read() const {
  std::ifstream file{script_};
  const std::string text{std::istreambuf_iterator<char>{file}, {}};
  return parse_faults(text).value_or(fault_plan{});
}

} // namespace lintel::history
