#pragma once

#include "history/rocks_log.hpp"
#include "tests/support/fake_log.hpp"
#include "tests/support/temporary_directory.hpp"
#include "tests/support/waiting.hpp"

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <future>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace lintel::testing {

using history::durable_log;
using history::level;
using history::log_error;
using history::opened_topic;
using history::range;
using history::read_entries;
using history::retention;

inline constexpr retention keep_much{
    .count_max = 1'000'000, .age_max = std::chrono::hours{1'000'000}, .bytes_max = std::uint64_t{1} << 40};

/// A writer of one topic, who writes down what he is told.
class scribe : public history::log_listener, public std::enable_shared_from_this<scribe> {
public:
  struct refusal {
    std::uint32_t term = 0;
    std::uint64_t offset = 0;
    log_error why = log_error::none;
    friend bool operator==(const refusal&, const refusal&) = default;
  };

  static std::shared_ptr<scribe> of(std::string topic) { return std::make_shared<scribe>(std::move(topic)); }
  explicit scribe(std::string topic) : topic_(std::move(topic)) {}

  void stored(std::uint32_t, std::uint64_t offset) noexcept override {
    std::lock_guard lock{mutex_};
    stored_ = offset;
    ++answers_;
    changed_.notify_all();
  }
  void not_stored(std::uint32_t term, std::uint64_t offset, log_error why) noexcept override {
    std::lock_guard lock{mutex_};
    refusals_.push_back({term, offset, why});
    changed_.notify_all();
  }

  struct line {
    std::uint64_t offset = 0;
    std::string payload = "{}";
    std::string key;
    level until = level::synced;
    std::uint32_t term = 0;
    std::int64_t at_ms = 0; ///< 0: now
  };
  void append(durable_log& log, const line& what) {
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    const auto now_ms = std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
    auto message = protocol::message::copy_of(
        {.topic = topic_, .event = "said", .payload = {protocol::payload_format::json, what.payload, true}});
    log.append({.writer = shared_from_this(),
                .topic = topic_,
                .what = {what.offset, what.at_ms == 0 ? now_ms : what.at_ms, std::move(message)},
                .key = what.key,
                .until = what.until,
                .term = what.term});
  }
  /// Appends the offsets of a range, with their number as payload, and waits until they are stored.
  void fill(durable_log& log, std::uint64_t from, std::uint64_t to) {
    for (auto offset = from; offset <= to; ++offset)
      append(log, {.offset = offset, .payload = std::to_string(offset)});
    REQUIRE(wait_stored(to));
  }

  [[nodiscard]] bool wait_stored(std::uint64_t offset) {
    std::unique_lock lock{mutex_};
    return changed_.wait_for(lock, patience, [&] { return stored_ >= offset; });
  }
  /// The first so many refusals.
  std::vector<refusal> wait_refused(std::size_t count) {
    std::unique_lock lock{mutex_};
    changed_.wait_for(lock, patience, [&] { return refusals_.size() >= count; });
    return refusals_;
  }
  std::uint64_t stored_so_far() const {
    std::lock_guard lock{mutex_};
    return stored_;
  }
  std::size_t answers() const {
    std::lock_guard lock{mutex_};
    return answers_;
  }
  const std::string& topic() const noexcept { return topic_; }

private:
  const std::string topic_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::uint64_t stored_ = 0;
  std::size_t answers_ = 0;
  std::vector<refusal> refusals_;
};

inline opened_topic opened(durable_log& log, const std::string& topic, retention keep = keep_much,
                           std::uint32_t tail_max = 100, std::uint64_t tail_bytes_max = 1 << 20) {
  std::promise<opened_topic> promise;
  log.open(topic, keep, tail_max, tail_bytes_max, [&](opened_topic answer) { promise.set_value(std::move(answer)); });
  return await(promise.get_future());
}

inline read_entries read(durable_log& log, const std::string& topic, range which = {}) {
  std::promise<read_entries> promise;
  log.read(topic, which, [&](read_entries answer) { promise.set_value(std::move(answer)); });
  return await(promise.get_future());
}

inline opened_topic reset(durable_log& log, const std::string& topic) {
  std::promise<opened_topic> promise;
  log.reset(topic, [&](opened_topic answer) { promise.set_value(std::move(answer)); });
  return await(promise.get_future());
}

inline std::vector<std::uint64_t> offsets_of(const std::vector<history::entry>& entries) {
  std::vector<std::uint64_t> all;
  for (const auto& each : entries)
    all.push_back(each.offset);
  return all;
}

inline std::vector<std::string> payloads_of(const std::vector<history::entry>& entries) {
  std::vector<std::string> all;
  for (const auto& each : entries)
    all.emplace_back(each.message->view().payload.bytes);
  return all;
}

/// A fake log, as the contract wants it: with a clock of its own.
struct fake_stage {
  std::unique_ptr<fake_log> log = std::make_unique<fake_log>();
  void set_now(std::int64_t at_ms) { log->set_now(at_ms); }
};

/// A log in a directory of its own, which can be opened again.
struct rocks_stage {
  temporary_directory place;
  std::shared_ptr<std::atomic<std::int64_t>> now_ms = std::make_shared<std::atomic<std::int64_t>>(0);
  history::rocks_log_options options = make_options();
  std::unique_ptr<history::rocks_log> log = std::make_unique<history::rocks_log>(options);

  void set_now(std::int64_t at_ms) { now_ms->store(at_ms); }
  void reopen() {
    log.reset();
    log = std::make_unique<history::rocks_log>(options);
  }

private:
  history::rocks_log_options make_options() const {
    history::rocks_log_options made;
    made.directory = place.path / "history";
    made.write_buffer_bytes = 1 << 20;
    made.now_ms = [now = now_ms] {
      const auto system = std::chrono::system_clock::now().time_since_epoch();
      const auto set = now->load();
      return set != 0 ? set : std::chrono::duration_cast<std::chrono::milliseconds>(system).count();
    };
    return made;
  }
};

} // namespace lintel::testing
