#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string_view>
#include <utility>

namespace lintel::history {

enum class append_fault : std::uint8_t {
  none,
  io_error,    ///< EIO, nothing is written
  no_space,    ///< ENOSPC, half of it is written
  short_write, ///< half of it is written, then EIO
};

struct fault_plan {
  append_fault append = append_fault::none;
  bool is_sync_failing = false; ///< EIO from fsync and fdatasync, without having synced
  bool is_read_flipped = false; ///< a bit of every block that is read from a table is another

  friend bool operator==(const fault_plan&, const fault_plan&) = default;
};

/// "append=eio", "append=enospc", "append=short", "sync=eio", "read=flip", separated by blanks or newlines; no word is
/// no fault. Nothing: a word is unknown.
std::optional<fault_plan> parse_faults(std::string_view text) noexcept;

/// Harm that a log's files come to, for tests and experiments. Set by any thread at any time.
class disk_faults {
public:
  disk_faults() = default;
  /// What `script` says, from the next operation on after it was written, in the words of parse_faults(). No fault
  /// while there is no such file, or while it has a word that means nothing. set() is of no consequence then.
  explicit disk_faults(std::filesystem::path script) : script_(std::move(script)) {}

  void set(fault_plan what) noexcept {
    append_.store(what.append);
    is_sync_failing_.store(what.is_sync_failing);
    is_read_flipped_.store(what.is_read_flipped);
  }
  fault_plan get() const {
    return script_.empty() ? fault_plan{append_.load(), is_sync_failing_.load(), is_read_flipped_.load()} : read();
  }

private:
  fault_plan read() const;

  const std::filesystem::path script_;
  std::atomic<append_fault> append_{append_fault::none};
  std::atomic<bool> is_sync_failing_{false};
  std::atomic<bool> is_read_flipped_{false};
};

} // namespace lintel::history
