#include "history/topic_reader.hpp"

#include "history/topic_cursor.hpp"

#include <rocksdb/db.h>
#include <spdlog/spdlog.h>

#include <algorithm>

namespace lintel::history {

namespace {

constexpr std::size_t reported_max = 1000;

std::uint64_t bytes_before(const topic_cursor& at) { return at.record().bytes_so_far - at.record().bytes(); }

} // namespace

std::shared_ptr<const rocksdb::Snapshot> topic_reader::moment() const {
  auto* const database = store_.database();
  if (database == nullptr)
    return nullptr;
  return {database->GetSnapshot(), [database](const rocksdb::Snapshot* it) { database->ReleaseSnapshot(it); }};
}

void topic_reader::report(const topic_view& view, std::uint64_t from, std::uint64_t to, const std::string& why) {
  stats_.damages.fetch_add(1, std::memory_order_relaxed);
  std::lock_guard lock{mutex_};
  if (reported_.size() < reported_max && reported_.insert(view.topic).second)
    spdlog::error("the history of {} is damaged, offsets {} to {} are not served: {}", view.topic, from, to, why);
}

found_topic topic_reader::find(const std::string& topic) {
  auto* const database = store_.database();
  if (database == nullptr)
    return {.error = log_error::disk_full};
  const topic_view view{.topic = topic, .moment = moment()};
  rocksdb::ReadOptions options;
  options.snapshot = view.moment.get();
  const auto damaged = [&](std::uint64_t id, const std::string& why) {
    report(view, 1, UINT64_MAX, why);
    return found_topic{.error = log_error::damaged, .id = id};
  };

  std::string bytes;
  auto status = database->Get(options, name_key(topic), &bytes);
  if (status.IsNotFound()) {
    found_topic fresh;
    fresh.record.epoch = fresh_epoch(store_.about().salt, topic);
    fresh.record.era = store_.about().era;
    fresh.record.name = topic;
    return fresh;
  }
  const auto id = status.ok() ? parse_id(bytes) : std::nullopt;
  if (!id)
    return damaged(0, status.ToString());
  status = database->Get(options, topic_key(*id), &bytes);
  const auto record = status.ok() ? parse_topic(bytes) : std::nullopt;
  if (!record || record->name != topic)
    return damaged(*id, status.ok() ? "its record makes no sense" : status.ToString());
  return with_end_of({.id = *id, .record = *record}, view);
}

// What the newest message says of the topic, or, when none is left, the record.
found_topic topic_reader::with_end_of(found_topic found, const topic_view& view) {
  const topic_view all{.topic = view.topic, .id = found.id, .moment = view.moment};
  topic_cursor at{*store_.database(), all};
  found.last = found.record.last;
  found.bytes_so_far = found.record.bytes_so_far;
  auto newest_until = level::written; // when nothing is kept, a new epoch costs nothing
  if (at.seek_last()) {
    found.last = at.offset();
    found.bytes_so_far = at.record().bytes_so_far;
    newest_until = at.record().until;
  } else if (!at.problem().empty()) {
    report(all, found.record.first, UINT64_MAX, at.problem());
    found.error = log_error::damaged;
    return found;
  }
  const auto& now = store_.about();
  const bool is_lost = found.record.era <= now.lost_era;
  const bool may_be_lost = found.record.era != now.era && newest_until == level::written;
  if (is_lost || may_be_lost)
    found.record.epoch = fresh_epoch(now.salt ^ found.id, view.topic);
  found.is_record_stale = found.record.era != now.era;
  found.record.era = now.era;
  return found;
}

topic_reader::kept topic_reader::first_kept(const topic_view& view) {
  const auto by_count = view.last >= view.keep.count_max ? view.last - view.keep.count_max + 1 : 1;
  kept answer{.first = std::max(view.first, by_count)};
  if (answer.first > view.last)
    return {.first = view.last + 1};
  topic_cursor at{*store_.database(), view};
  const auto oldest_ms = now_ms_() - std::chrono::milliseconds{view.keep.age_max}.count();
  const auto is_kept = [&](std::uint64_t offset) {
    if (at.seek(offset))
      return at.record().at_ms >= oldest_ms && view.bytes_so_far - bytes_before(at) <= view.keep.bytes_max;
    report(view, offset, offset, at.problem());
    answer.is_certain = false;
    return true;
  };
  if (is_kept(answer.first))
    return answer;
  // The oldest that is kept lies between one that is not and the end; times are taken to grow with offsets.
  auto beyond = answer.first;
  answer.first = view.last + 1;
  while (beyond + 1 < answer.first) {
    const auto middle = beyond + (answer.first - beyond) / 2;
    (is_kept(middle) ? answer.first : beyond) = middle;
  }
  return answer;
}

opened_topic topic_reader::open(const topic_view& view, std::uint32_t tail_max, std::uint64_t tail_bytes_max) {
  opened_topic answer{
      .epoch = epoch_text(view.epoch), .last = view.last, .first = view.last + 1, .tail = {}, .keys = {}};
  if (view.id == 0 || view.last == 0)
    return answer;
  if (store_.database() == nullptr)
    return {.error = log_error::disk_full};
  answer.first = first_kept(view).first;
  topic_cursor at{*store_.database(), view};
  const auto oldest_key_ms = now_ms_() - keys_age_max_ms;
  std::uint64_t bytes = 0;
  bool wants_tail = tail_max > 0;
  for (std::uint32_t seen = 0; view.last - seen >= answer.first; ++seen) {
    const bool wants_keys = seen < keys_max;
    if (!wants_tail && !wants_keys)
      break;
    if (!(seen == 0 ? at.seek(view.last) : at.previous())) {
      // What lies behind the damage is sound.
      report(view, answer.first, at.offset(), at.problem());
      if (seen == 0)
        return {.error = log_error::damaged};
      break;
    }
    const auto& record = at.record();
    bytes += record.bytes();
    wants_tail = wants_tail && seen < tail_max && bytes <= tail_bytes_max;
    if (wants_tail)
      answer.tail.push_back(at.whole_entry());
    if (!wants_tail && record.at_ms < oldest_key_ms)
      break;
    if (wants_keys && !record.key.empty() && record.at_ms >= oldest_key_ms)
      answer.keys.push_back({std::string{record.key}, at.offset(), record.at_ms});
  }
  std::ranges::reverse(answer.tail);
  std::ranges::reverse(answer.keys);
  return answer;
}

read_entries topic_reader::read(const topic_view& view, const range& which) {
  read_entries answer{.first = view.last + 1, .entries = {}};
  if (view.id == 0 || view.last == 0)
    return answer;
  if (store_.database() == nullptr)
    return {.error = log_error::disk_full, .entries = {}};
  answer.first = first_kept(view).first;
  const auto from = std::max(answer.first, which.after == UINT64_MAX ? UINT64_MAX : which.after + 1);
  const auto to = std::min(view.last, which.before == 0 ? 0 : which.before - 1);
  topic_cursor at{*store_.database(), view};
  std::uint64_t bytes = 0;
  for (std::uint64_t i = 0; from <= to && i <= to - from && i < which.count_max; ++i) {
    const bool is_there =
        i == 0 ? at.seek(which.is_newest_first ? to : from) : (which.is_newest_first ? at.previous() : at.next());
    if (!is_there) {
      report(view, which.is_newest_first ? from : at.offset(), which.is_newest_first ? at.offset() : to, at.problem());
      if (i == 0)
        answer.error = log_error::damaged;
      break; // what was read before the damage is sound
    }
    bytes += at.record().bytes();
    if (i > 0 && bytes > which.bytes_max)
      break;
    answer.entries.push_back(at.whole_entry());
  }
  if (which.is_newest_first)
    std::ranges::reverse(answer.entries);
  return answer;
}

topic_reader::sweep topic_reader::find_due(std::uint64_t from_id, std::uint32_t topics_max) {
  sweep found;
  auto* const database = store_.database();
  if (database == nullptr)
    return found;
  const auto now = moment();
  rocksdb::ReadOptions options;
  options.snapshot = now.get();
  options.fill_cache = false; // it would push out what is read by those who wait
  const std::unique_ptr<rocksdb::Iterator> at{database->NewIterator(options)};
  at->Seek(topic_key(from_id));
  for (std::uint32_t i = 0; at->Valid(); ++i) {
    const auto place = parse_entry_key(at->key().ToStringView());
    if (!place)
      return found; // behind the last topic
    if (i == topics_max) {
      found.next_id = place->id;
      return found;
    }
    if (auto record = place->offset == 0 ? parse_topic(at->value().ToStringView()) : std::nullopt)
      if (auto due = due_of(place->id, std::move(*record), now))
        found.due.push_back(std::move(*due));
    at->Seek(topic_key(place->id + 1));
  }
  return found;
}

std::optional<due_trim> topic_reader::due_of(std::uint64_t id, topic_record record,
                                             const std::shared_ptr<const rocksdb::Snapshot>& now) {
  topic_view view{.topic = record.name, .id = id, .first = record.first, .keep = record.keep, .moment = now};
  {
    topic_cursor at{*store_.database(), view};
    if (!at.seek_last())
      return {};
    view.last = at.offset();
    view.bytes_so_far = at.record().bytes_so_far;
  }
  const auto stays = first_kept(view);
  if (!stays.is_certain || stays.first <= record.first)
    return {};
  due_trim due{.id = id, .record = std::move(record), .first_before = view.first};
  due.record.first = stays.first;
  due.record.last = view.last;
  due.record.bytes_so_far = view.bytes_so_far;
  return due;
}

} // namespace lintel::history
