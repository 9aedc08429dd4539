#pragma once

#include "history/durable_log.hpp"
#include "history/log_stats.hpp"
#include "history/rocks_log_options.hpp"

#include <cstdint>
#include <memory>

namespace lintel::history {

/// A durable log on RocksDB, in a directory that it alone uses. One thread writes: whatever has come while the last
/// batch was being written is the next one. Two read. They, and RocksDB's own, are started by whoever constructs it,
/// and only they touch its files: orders only queue.
class rocks_log final : public durable_log {
public:
  /// Throws log_unavailable.
  explicit rocks_log(rocks_log_options options);
  /// As close().
  ~rocks_log() override;
  rocks_log(const rocks_log&) = delete;
  rocks_log& operator=(const rocks_log&) = delete;

  void open(std::string topic, retention keep, std::uint32_t tail_max, std::uint64_t tail_bytes_max,
            std::function<void(opened_topic)> done) override;
  void append(append_order order) override;
  void read(std::string topic, range which, std::function<void(read_entries)> done) override;
  void reset(std::string topic, std::function<void(opened_topic)> done) override;

  /// Carries out what is queued; what comes later is answered `closed`, on the thread that asks. Once, and not from a
  /// thread of the log.
  void close();

  const log_stats& stats() const noexcept;
  /// Of messages that have no answer yet. Nothing bounds it here: whoever appends has to look.
  std::uint64_t waiting_bytes() const noexcept override;

private:
  struct parts;
  std::unique_ptr<parts> parts_;
};

} // namespace lintel::history
