#pragma once

#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <string>

namespace lintel::testing {

/// An empty directory of its own, gone with everything in it.
struct temporary_directory {
  temporary_directory() {
    std::string pattern = (std::filesystem::temp_directory_path() / "lintel-test-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr)
      throw std::runtime_error{"no temporary directory"};
    path = pattern;
  }
  ~temporary_directory() { std::filesystem::remove_all(path); }
  temporary_directory(const temporary_directory&) = delete;
  temporary_directory& operator=(const temporary_directory&) = delete;

  std::filesystem::path path;
};

} // namespace lintel::testing
