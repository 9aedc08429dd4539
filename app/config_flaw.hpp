#pragma once

#include <cstdint>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <vector>

namespace lintel::app {

/// Something that cannot work, and what would.
struct config_flaw {
  std::uint32_t line = 0; ///< of the configuration file; 0: it stands elsewhere
  std::string text;
};
using config_flaws = std::vector<config_flaw>;

/// Everything that is wrong with a configuration.
class config_error : public std::runtime_error {
public:
  /// `file`: whose lines the flaws name. Sorts them by line.
  config_error(const std::filesystem::path& file, config_flaws flaws);

  struct sentence {
    std::string place; ///< "lintel.toml:12"; empty: no file says it
    std::string text;
  };
  const std::vector<sentence>& sentences() const noexcept { return sentences_; }

private:
  explicit config_error(std::vector<sentence> sentences);

  std::vector<sentence> sentences_;
};

} // namespace lintel::app
