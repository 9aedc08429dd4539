#include "history/fault_file.hpp"

#include <spdlog/spdlog.h>

#include <fstream>
#include <sstream>

namespace lintel::history {

void fault_file::read() {
  std::ostringstream text;
  text << std::ifstream{path_}.rdbuf();
  if (text.view() == text_)
    return;
  text_ = text.str();
  if (const auto plan = parse_faults(text_)) {
    faults_->set(*plan);
    spdlog::warn("faults of the disk, from {}: {}", path_.string(), text_);
  } else {
    spdlog::error("{} says something unknown: {}", path_.string(), text_);
  }
}

} // namespace lintel::history
