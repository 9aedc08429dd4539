#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace lintel::history {

/// How far a log has been acknowledged, in numbers of its database (one more per change).
struct commit_numbers {
  std::uint64_t written = 0; ///< acknowledged at all
  std::uint64_t synced = 0;  ///< acknowledged as synced

  friend bool operator==(const commit_numbers&, const commit_numbers&) = default;
};
std::string write_commit_numbers(commit_numbers what);
std::optional<commit_numbers> parse_commit_numbers(std::string_view bytes) noexcept;

/// The same in a file beside the database, written after each batch and never synced. A database that comes back with
/// less than this has lost something. One thread.
class commit_mark {
public:
  /// Throws log_unavailable.
  explicit commit_mark(const std::filesystem::path& file);
  ~commit_mark();
  commit_mark(const commit_mark&) = delete;
  commit_mark& operator=(const commit_mark&) = delete;

  /// Zeros when the file is new or makes no sense.
  commit_numbers read() const noexcept;
  /// An error is of no consequence: a loss might stay undetected.
  void write(commit_numbers now) const noexcept;

private:
  int descriptor_;
};

} // namespace lintel::history
