#pragma once

#include "history/durable_log.hpp"
#include "tests/support/waiting.hpp"

#include <algorithm>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace lintel::testing {

/// A durable log in memory. It keeps the promises of a durable_log (tests/unit/history checks them), and a test can
/// have it hold back its answers, refuse, and lose what it had not carried out. Answers come on the thread that asks,
/// or that lets go of what was held back. Its clock is the time of the newest message, unless a test sets it. Any
/// thread.
class fake_log final : public history::durable_log {
public:
  /// Orders wait from here on.
  void hold() {
    std::lock_guard lock{mutex_};
    is_held_ = true;
  }
  /// Carries out what waits, and from here on every order at once.
  void release() {
    {
      std::lock_guard lock{mutex_};
      is_held_ = false;
    }
    carry_out();
  }
  /// Carries out the oldest of the orders that wait; how many there were.
  std::size_t carry_out(std::size_t count_max = SIZE_MAX) {
    std::size_t count = 0;
    for (; count < count_max; ++count) {
      std::unique_lock lock{mutex_};
      if (waiting_.empty())
        break;
      const auto order = std::move(waiting_.front());
      waiting_.pop_front();
      lock.unlock();
      order();
    }
    return count;
  }
  std::uint64_t waiting_bytes() const noexcept override { return 0; }
  std::size_t waiting() const {
    std::lock_guard lock{mutex_};
    return waiting_.size();
  }
  /// Until so many orders wait. False: that does not happen.
  [[nodiscard]] bool wait_for_waiting(std::size_t count) {
    std::unique_lock lock{mutex_};
    return grown_.wait_for(lock, patience, [&] { return waiting_.size() >= count; });
  }
  /// As if the process had died: what waits is never carried out, and nobody hears of it.
  void lose_waiting() {
    std::deque<std::function<void()>> lost;
    std::lock_guard lock{mutex_};
    lost.swap(waiting_);
  }

  /// What appends are answered that are carried out from here on; none: they are stored again.
  void refuse_appends(history::log_error why) {
    std::lock_guard lock{mutex_};
    append_error_ = why;
  }
  /// The same for open, read and reset.
  void refuse_reads(history::log_error why) {
    std::lock_guard lock{mutex_};
    read_error_ = why;
  }
  void set_now(std::int64_t at_ms) {
    std::lock_guard lock{mutex_};
    now_ms_ = at_ms;
  }

  std::vector<history::entry> stored(const std::string& topic) {
    std::lock_guard lock{mutex_};
    const auto& kept = topics_[topic].kept;
    std::vector<history::entry> all;
    std::ranges::transform(kept, std::back_inserter(all), &stored_entry::what);
    return all;
  }
  std::string epoch(const std::string& topic) {
    std::lock_guard lock{mutex_};
    return epoch_of(topic, topics_[topic]);
  }

  void open(std::string topic, history::retention keep, std::uint32_t tail_max, std::uint64_t tail_bytes_max,
            std::function<void(history::opened_topic)> done) override {
    order([=, this, topic = std::move(topic), done = std::move(done)] {
      std::unique_lock lock{mutex_};
      topics_[topic].keep = keep;
      auto answer = look(topic, tail_max, tail_bytes_max);
      lock.unlock();
      done(std::move(answer));
    });
  }

  void append(history::append_order what) override {
    order([this, what = std::move(what)]() mutable {
      std::unique_lock lock{mutex_};
      const auto writer = what.writer;
      const auto term = what.term;
      const auto offset = what.what.offset;
      const auto refused = store(std::move(what));
      lock.unlock();
      if (refused.why == history::log_error::none)
        writer->stored(term, offset);
      else
        writer->not_stored(term, refused.from, refused.why);
    });
  }

  void read(std::string topic, history::range which, std::function<void(history::read_entries)> done) override {
    order([=, this, topic = std::move(topic), done = std::move(done)] {
      std::unique_lock lock{mutex_};
      auto& it = topics_[topic];
      trim(it);
      history::read_entries answer{.error = read_error_, .first = first_of(it), .entries = {}};
      if (read_error_ == history::log_error::none)
        answer.entries = select(it, which);
      lock.unlock();
      done(std::move(answer));
    });
  }

  void reset(std::string topic, std::function<void(history::opened_topic)> done) override {
    order([this, topic = std::move(topic), done = std::move(done)] {
      std::unique_lock lock{mutex_};
      if (read_error_ == history::log_error::none) {
        auto& it = topics_[topic];
        it = {.keep = it.keep, .generation = it.generation + 1};
      }
      auto answer = look(topic, 0, 0);
      lock.unlock();
      done(std::move(answer));
    });
  }

private:
  struct stored_entry {
    history::entry what;
    std::string key;
  };
  struct topic_state {
    history::retention keep{};
    std::uint64_t generation = 0;
    std::uint64_t last = 0;
    std::deque<stored_entry> kept{};
    std::weak_ptr<history::log_listener> writer{}; ///< whose terms these are:
    std::uint32_t failed_term = 0;
    std::uint64_t failed_from = 0; ///< 0: no term has failed
    history::log_error failed_why = history::log_error::none;
  };
  struct refusal {
    history::log_error why = history::log_error::none;
    std::uint64_t from = 0;
  };

  void order(std::function<void()> what) {
    {
      std::lock_guard lock{mutex_};
      if (is_held_ || !waiting_.empty()) {
        waiting_.push_back(std::move(what));
        grown_.notify_all();
        return;
      }
    }
    what();
  }

  static std::string epoch_of(const std::string& topic, const topic_state& it) {
    return topic + "#" + std::to_string(it.generation);
  }
  static std::uint64_t bytes_of(const history::entry& each) {
    return each.message->view().event.size() + each.message->view().payload.bytes.size();
  }
  static std::uint64_t first_of(const topic_state& it) { return it.last + 1 - it.kept.size(); }

  refusal store(history::append_order what) {
    auto& it = topics_[what.topic];
    if (it.writer.owner_before(what.writer) || what.writer.owner_before(it.writer)) {
      it.writer = what.writer;
      it.failed_from = 0;
    }
    if (it.failed_from != 0 && what.term <= it.failed_term)
      return {it.failed_why, it.failed_from};
    auto why = append_error_;
    if (why == history::log_error::none && what.what.offset != it.last + 1)
      why = history::log_error::misplaced;
    if (why != history::log_error::none) {
      it.failed_term = what.term;
      it.failed_from = it.last + 1;
      it.failed_why = why;
      return {why, it.failed_from};
    }
    it.last = what.what.offset;
    newest_ms_ = std::max(newest_ms_, what.what.at_ms);
    it.kept.push_back({std::move(what.what), std::move(what.key)});
    trim(it);
    return {};
  }

  std::int64_t now_ms() const { return now_ms_ != 0 ? now_ms_ : newest_ms_; }

  void trim(topic_state& it) {
    std::uint64_t bytes = 0;
    for (const auto& each : it.kept)
      bytes += bytes_of(each.what);
    const auto age_max_ms = std::chrono::milliseconds{it.keep.age_max}.count();
    while (!it.kept.empty() && (it.kept.size() > it.keep.count_max || bytes > it.keep.bytes_max ||
                                now_ms() - it.kept.front().what.at_ms > age_max_ms)) {
      bytes -= bytes_of(it.kept.front().what);
      it.kept.pop_front();
    }
  }

  history::opened_topic look(const std::string& topic, std::uint32_t tail_max, std::uint64_t tail_bytes_max) {
    if (read_error_ != history::log_error::none)
      return {.error = read_error_};
    auto& it = topics_[topic];
    trim(it);
    history::opened_topic answer{
        .epoch = epoch_of(topic, it), .last = it.last, .first = first_of(it), .tail = {}, .keys = {}};
    std::uint64_t bytes = 0;
    for (auto each = it.kept.rbegin(); each != it.kept.rend() && answer.tail.size() < tail_max; ++each) {
      if ((bytes += bytes_of(each->what)) > tail_bytes_max)
        break;
      answer.tail.insert(answer.tail.begin(), each->what);
    }
    constexpr std::int64_t keys_age_max_ms = 5 * 60 * 1000;
    for (const auto& each : it.kept)
      if (!each.key.empty() && now_ms() - each.what.at_ms <= keys_age_max_ms)
        answer.keys.push_back({each.key, each.what.offset, each.what.at_ms});
    return answer;
  }

  static std::vector<history::entry> select(const topic_state& it, const history::range& which) {
    std::vector<history::entry> all;
    for (const auto& each : it.kept)
      if (each.what.offset > which.after && each.what.offset < which.before)
        all.push_back(each.what);
    if (which.is_newest_first)
      std::ranges::reverse(all);
    std::uint64_t bytes = 0;
    std::size_t count = 0;
    while (count < all.size() && count < which.count_max) {
      bytes += bytes_of(all[count]);
      if (count > 0 && bytes > which.bytes_max)
        break;
      ++count;
    }
    all.resize(count);
    if (which.is_newest_first)
      std::ranges::reverse(all);
    return all;
  }

  mutable std::mutex mutex_; // guards everything; not held while somebody is told
  std::condition_variable grown_;
  bool is_held_ = false;
  std::deque<std::function<void()>> waiting_;
  std::map<std::string, topic_state> topics_;
  history::log_error append_error_ = history::log_error::none;
  history::log_error read_error_ = history::log_error::none;
  std::int64_t now_ms_ = 0;
  std::int64_t newest_ms_ = 0;
};

} // namespace lintel::testing
