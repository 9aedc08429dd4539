#pragma once

#include "tests/unit/history/log_stage.hpp"

#include <filesystem>
#include <fstream>
#include <functional>
#include <memory>
#include <random>
#include <sstream>
#include <string>

namespace lintel::testing {

/// A log whose disk does as it is told.
struct faulty_stage : rocks_stage {
  faulty_stage() {
    log.reset();
    options.faults = faults;
    log = std::make_unique<history::rocks_log>(options);
  }
  /// The log as another process would find it, had this one been killed now.
  std::unique_ptr<history::rocks_log> opened_after_a_crash(const std::string& boot_id = "") {
    auto copy = options;
    copy.directory = place.path / ("crashed" + std::to_string(++crashes_));
    std::filesystem::create_directory(copy.directory);
    for (const auto& file : std::filesystem::directory_iterator{options.directory}) {
      std::error_code gone; // RocksDB deletes what it does not need any more when it likes
      std::filesystem::copy(file.path(), copy.directory / file.path().filename(), gone);
    }
    copy.faults = nullptr;
    copy.boot_id = boot_id;
    if (harm_to_copy)
      harm_to_copy(copy.directory);
    return std::make_unique<history::rocks_log>(copy);
  }

  std::shared_ptr<history::disk_faults> faults = std::make_shared<history::disk_faults>();
  std::function<void(const std::filesystem::path&)> harm_to_copy;

private:
  int crashes_ = 0;
};

/// Turns one bit of the first file with this ending that holds the text, at the text.
inline bool flip_bit_at(const std::filesystem::path& directory, const std::string& ending, const std::string& text) {
  for (const auto& file : std::filesystem::directory_iterator{directory}) {
    if (file.path().extension() != ending)
      continue;
    std::stringstream bytes;
    bytes << std::ifstream{file.path(), std::ios::binary}.rdbuf();
    const auto place = bytes.str().find(text);
    if (place == std::string::npos)
      continue;
    std::fstream out{file.path(), std::ios::binary | std::ios::in | std::ios::out};
    out.seekp(static_cast<std::streamoff>(place));
    out.put(static_cast<char>(text.front() ^ 1));
    return out.good();
  }
  return false;
}

/// Text that no compression makes shorter, the same for the same number.
inline std::string noise(std::uint64_t number, std::size_t size) {
  std::mt19937_64 source{number};
  std::string text;
  while (text.size() < size)
    text += static_cast<char>('0' + source() % 75);
  return text;
}

} // namespace lintel::testing
