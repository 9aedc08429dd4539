#pragma once

#include "history/disk_faults.hpp"

#include <chrono>
#include <filesystem>
#include <memory>
#include <string>
#include <utility>

namespace lintel::history {

/// Faults as a file says them (parse_faults); no file is no fault. One thread.
class fault_file {
public:
  fault_file(std::filesystem::path path, std::shared_ptr<disk_faults> faults)
      : path_(std::move(path)), faults_(std::move(faults)) {}

  static constexpr std::chrono::milliseconds period{50};

  /// Reads it. A word that is unknown changes nothing, and is logged once.
  void read();

private:
  const std::filesystem::path path_;
  const std::shared_ptr<disk_faults> faults_;
  std::string text_; // as it was read last
};

} // namespace lintel::history
