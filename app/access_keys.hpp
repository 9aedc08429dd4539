#pragma once

#include "actors/role.hpp"

#include <filesystem>
#include <string>
#include <string_view>

namespace lintel::app {

/// The keys to the system's own topics: one file per role in the data directory, made at the first start and readable
/// by the server's user only. Whoever shows the text of such a file has its role. Taking a key back: delete its file
/// and start again.
class access_keys {
public:
  /// Reads or makes the files. Throws std::runtime_error that names the file.
  explicit access_keys(const std::filesystem::path& data_dir);

  /// Any thread. The time it takes does not tell how much of a guess was right.
  actors::role role_of(std::string_view token) const noexcept;
  /// The same for a token in base64 without padding, in either alphabet (RFC 4648 4 and 5).
  actors::role role_of_base64(std::string_view text) const;

private:
  struct secrets {
    std::string admin;
    std::string viewer;
    actors::role role_of(std::string_view guess) const noexcept;
  };

  const secrets plain_;
  const secrets base64_; ///< the same in the standard alphabet, unpadded
};

/// Where the key of a role is. Not for role::none.
std::filesystem::path key_file(const std::filesystem::path& data_dir, actors::role which);

/// Throws std::runtime_error that names the file and says what to do.
std::string read_key(const std::filesystem::path& file);

} // namespace lintel::app
