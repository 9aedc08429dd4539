#include "history/log_batch.hpp"

#include <rocksdb/write_batch.h>

namespace lintel::history {

log_batch::log_batch() : changes_(std::make_unique<rocksdb::WriteBatch>()) {}

log_batch::~log_batch() = default;

log_batch::part& log_batch::part_of(topic_state& topic) {
  has_changes_ = true;
  if (topic.is_in_batch())
    return parts_[topic.place_in_batch];
  topic.place_in_batch = static_cast<std::uint32_t>(parts_.size());
  return parts_.emplace_back(part{.topic = &topic, .before = topic.stored, .writer = {}});
}

void log_batch::put_record(stored_topic& topic) {
  topic.record.last = topic.last;
  topic.record.bytes_so_far = topic.bytes_so_far;
  changes_->Put(topic_key(topic.id), write_topic(topic.record));
  topic.is_record_stale = false;
}

void log_batch::add(topic_state& topic, const append_wanted& order, std::uint64_t id) {
  auto& it = part_of(topic);
  if (!it.writer) {
    it.writer = order.what.writer;
    it.term = order.what.term;
  }
  auto& stored = topic.stored;
  if (stored.id == 0) {
    stored.id = id;
    changes_->Put(name_key(stored.record.name), id_bytes(id));
    stored.is_record_stale = true;
  }
  const auto& message = order.what.what.message->view();
  entry_record record{.at_ms = order.what.what.at_ms,
                      .until = order.what.until,
                      .format = message.payload.format,
                      .is_object = message.payload.is_object,
                      .event = message.event,
                      .key = order.what.key,
                      .payload = message.payload.bytes};
  stored.bytes_so_far += record.bytes();
  record.bytes_so_far = stored.bytes_so_far;
  stored.last = order.what.what.offset;
  if (stored.is_record_stale)
    put_record(stored);
  write_entry(record, value_);
  changes_->Put(entry_key(stored.id, stored.last), value_);
  since_.push_back(order.since);
  bytes_ += order.bytes();
  if (order.what.until == level::synced)
    until_ = level::synced;
}

void log_batch::add_record(topic_state& topic) {
  part_of(topic);
  put_record(topic.stored);
}

void log_batch::add_trim(topic_state& topic, std::uint64_t first) {
  part_of(topic);
  auto& stored = topic.stored;
  changes_->DeleteRange(entry_key(stored.id, stored.record.first), entry_key(stored.id, first));
  stored.record.first = first;
  put_record(stored);
}

void log_batch::add_trim(const due_trim& due) {
  has_changes_ = has_unknown_topics_ = true;
  changes_->DeleteRange(entry_key(due.id, due.first_before), entry_key(due.id, due.record.first));
  changes_->Put(topic_key(due.id), write_topic(due.record));
}

void log_batch::undo() {
  for (auto& each : parts_)
    each.topic->stored = each.before;
}

void log_batch::clear() {
  for (auto& each : parts_)
    each.topic->place_in_batch = topic_state::nowhere;
  parts_.clear();
  since_.clear();
  changes_->Clear();
  bytes_ = 0;
  until_ = level::written;
  has_changes_ = has_unknown_topics_ = false;
}

} // namespace lintel::history
