#pragma once

#include "app/config_flaw.hpp"

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace lintel::app {

/// A value of a configuration file, and where it stands.
struct config_node {
  enum class kind : std::uint8_t { text, number, boolean, time, list, table };
  kind what = kind::table;
  std::uint32_t line = 1;            ///< of its name; of an item of a list: its own
  std::string name;                  ///< an item of a list has none
  std::string text;                  ///< what it says, in one of TOML's spellings; of no list and no table
  std::vector<config_node> children; ///< of a list or a table, in the order of lines

  bool is_scalar() const noexcept { return what != kind::list && what != kind::table; }
  /// As messages show it: "many" in quotes, 12, a list.
  std::string shown() const;
};

/// What a file says, as a message may show it: without control characters, at most 60 bytes.
std::string printable(std::string_view text);

/// Reads TOML. What it is not is one flaw, in which case the table is empty.
config_node parse_config(std::string_view toml, config_flaws& flaws);

/// The text of a configuration file. Throws std::runtime_error: it cannot be read, or is none (more than 1 MiB).
std::string read_config_file(const std::filesystem::path& file);

} // namespace lintel::app
