#include "history/log_writer.hpp"

#include <rocksdb/write_batch.h>

#include <algorithm>
#include <random>
#include <utility>

namespace lintel::history {

namespace {

bool is_same(const std::weak_ptr<log_listener>& a, const std::shared_ptr<log_listener>& b) {
  return !a.owner_before(b) && !b.owner_before(a);
}

std::uint64_t random_epoch() {
  std::random_device source;
  return static_cast<std::uint64_t>(source()) << 32 | source();
}

} // namespace

log_writer::log_writer(rocks_store& store, topic_reader& reader, reader_pool& readers, log_stats& stats,
                       const rocks_log_options& options)
    : store_(store), reader_(reader), readers_(readers), stats_(stats), sweep_period_(options.sweep_period),
      topic_idle_max_(options.topic_idle_max), topic_id_max_(store.topic_id_max()) {
  const auto now = std::chrono::steady_clock::now();
  sweep_due_ = now + sweep_period_;
  forget_due_ = now + topic_idle_max_;
}

template <class Order>
topic_state* log_writer::found(const std::string& topic, Order& order) {
  auto& state = topics_.find_or_add(topic);
  state.used = std::chrono::steady_clock::now();
  if (state.is_found)
    return &state;
  if (!std::exchange(state.is_sought, true)) {
    if (batch_.has_unknown_topics())
      write_batch(); // or the reader might find the topic as it was before its old messages went
    if constexpr (std::is_same_v<Order, open_wanted>) {
      readers_.post(find_job{topic, std::move(order)}); // in one go: most topics are met like this
      ++parked_;
      return nullptr;
    } else {
      readers_.post(find_job{topic, {}});
    }
  }
  state.parked.emplace_back(std::move(order));
  ++parked_;
  return nullptr;
}

void log_writer::take(topic_found& answer) {
  auto* const topic = topics_.find(answer.topic);
  topic->is_found = true;
  topic->is_damaged = answer.found.error != log_error::none;
  topic->stored = {.id = answer.found.id,
                   .record = std::move(answer.found.record),
                   .last = answer.found.last,
                   .bytes_so_far = answer.found.bytes_so_far,
                   .is_record_stale = answer.found.is_record_stale};
  if (answer.keep) {
    --parked_;
    hold_on_to(*topic, *answer.keep);
  } else if (topic->stored.id == 0 && !topic->is_damaged) {
    topic->stored.record.keep = topics_.keep_of(answer.topic);
  }
  stats_.topics_in_memory.store(topics_.size(), std::memory_order_relaxed);
  for (auto& order : std::exchange(topic->parked, {})) {
    --parked_;
    carry_out(std::move(order));
  }
}

void log_writer::take(append_wanted& order) {
  auto* const topic = found(order.what.topic, order);
  if (topic == nullptr)
    return;
  const auto& what = order.what;
  const bool is_new_writer = !is_same(topic->writer, what.writer);
  if (topic->is_in_batch()) {
    const auto& part = batch_.parts()[topic->place_in_batch];
    const bool is_new_term = part.writer && part.term != what.term;
    // Whoever is in the batch hears of his own messages first.
    if (is_new_writer || is_new_term || what.what.offset != topic->stored.last + 1)
      write_batch();
  }
  if (is_new_writer) {
    topic->writer = what.writer;
    topic->failed_from = 0;
  }
  if (topic->failed_from != 0 && what.term <= topic->failed_term)
    return refuse(*topic, order, topic->failed_why, topic->failed_from);
  const auto next = topic->stored.last + 1;
  if (topic->is_damaged)
    return refuse(*topic, order, log_error::damaged, what.what.offset);
  if (stats_.has_failed)
    return refuse(*topic, order, log_error::failed, next);
  if (what.what.offset != next)
    return refuse(*topic, order, log_error::misplaced, next);

  batch_.add(*topic, order, topic_id_max_ + 1);
  topic_id_max_ = std::max(topic_id_max_, topic->stored.id);
  const auto& stored = topic->stored;
  const auto kept = stored.last - stored.record.first + 1;
  if (kept > stored.record.keep.count_max && kept - stored.record.keep.count_max >= trim_min)
    trim(*topic, stored.last + 1 - stored.record.keep.count_max);
  if (batch_.is_full())
    write_batch();
}

void log_writer::refuse(topic_state& topic, const append_wanted& order, log_error why, std::uint64_t from) {
  topic.failed_term = order.what.term;
  topic.failed_from = from;
  topic.failed_why = why;
  stats_.refused_messages.fetch_add(1, std::memory_order_relaxed);
  stats_.waiting_bytes.fetch_sub(order.bytes(), std::memory_order_relaxed);
  order.what.writer->not_stored(order.what.term, from, why);
}

void log_writer::take(open_wanted& order) {
  auto* const topic = found(order.topic, order);
  if (topic == nullptr)
    return;
  hold_on_to(*topic, order.keep);
  if (topic->is_damaged)
    return order.done({.error = log_error::damaged});
  auto view = view_of(order.topic, *topic);
  readers_.post(open_job{std::move(view), std::move(order)});
}

void log_writer::hold_on_to(topic_state& topic, const retention& keep) {
  auto& stored = topic.stored;
  if (stored.record.keep == keep)
    return;
  stored.record.keep = keep;
  if (stored.id != 0 && !topic.is_damaged) { // of one that is, it is for what is begun anew in its place
    stored.is_record_stale = true; // stays so, should this not be written
    batch_.add_record(topic);
  }
}

void log_writer::take(read_wanted& order) {
  auto* const topic = found(order.topic, order);
  if (topic == nullptr)
    return;
  if (topic->is_damaged)
    return order.done({.error = log_error::damaged});
  auto view = view_of(order.topic, *topic);
  readers_.post(read_job{std::move(view), std::move(order)});
}

// A new id: who reads the old messages meanwhile reads them to the end, and nobody finds them afterwards.
void log_writer::take(reset_wanted& order) {
  auto* const topic = found(order.topic, order);
  if (topic == nullptr)
    return;
  write_batch();
  stored_topic next{.id = topic_id_max_ + 1};
  next.record = {
      .epoch = random_epoch(), .era = store_.about().era, .keep = topic->stored.record.keep, .name = order.topic};
  rocksdb::WriteBatch changes;
  if (topic->stored.id != 0)
    changes.DeleteRange(topic_key(topic->stored.id), topic_key(topic->stored.id + 1));
  changes.Put(name_key(order.topic), id_bytes(next.id));
  changes.Put(topic_key(next.id), write_topic(next.record));
  make_ready();
  if (const auto error = store_.commit(changes, level::synced); error != log_error::none)
    return order.done({.error = error});
  topic_id_max_ = next.id;
  topic->stored = std::move(next);
  topic->is_damaged = false;
  topic->failed_from = 0;
  order.done({.epoch = epoch_text(topic->stored.record.epoch), .tail = {}, .keys = {}});
}

topic_view log_writer::view_of(const std::string& name, const topic_state& topic) {
  if (topic.is_in_batch())
    write_batch();
  const auto& stored = topic.stored;
  return {.topic = name,
          .id = stored.id,
          .epoch = stored.record.epoch,
          .first = stored.record.first,
          .last = stored.last,
          .bytes_so_far = stored.bytes_so_far,
          .keep = stored.record.keep,
          .moment = stored.id == 0 ? nullptr : reader_.moment()};
}

// A database that has run out of space is opened again as soon as there is some.
void log_writer::make_ready() {
  if (!store_.wants_reopening())
    return;
  readers_.wait_until_idle();
  store_.reopen();
}

void log_writer::write_batch() {
  if (batch_.is_empty())
    return;
  make_ready();
  const auto begin = std::chrono::steady_clock::now();
  const auto outcome = store_.commit(batch_.changes(), batch_.until());
  const auto end = std::chrono::steady_clock::now();
  const auto messages = batch_.since().size();
  if (outcome == log_error::none) {
    stats_.batches.fetch_add(1, std::memory_order_relaxed);
    stats_.batch_messages.record(messages);
    stats_.commit_time.record(end - begin);
    stats_.stored_messages.fetch_add(messages, std::memory_order_relaxed);
    for (const auto since : batch_.since())
      stats_.waiting_time.record(end - since);
  } else {
    batch_.undo();
    stats_.refused_messages.fetch_add(messages, std::memory_order_relaxed);
  }
  stats_.waiting_bytes.fetch_sub(batch_.bytes(), std::memory_order_relaxed);
  tell(outcome);
  batch_.clear();
}

void log_writer::tell(log_error outcome) {
  for (const auto& part : batch_.parts()) {
    auto& topic = *part.topic;
    if (!part.writer)
      continue;
    if (outcome == log_error::none) {
      stats_.stored_bytes.fetch_add(topic.stored.bytes_so_far - part.before.bytes_so_far, std::memory_order_relaxed);
      part.writer->stored(part.term, topic.stored.last);
    } else {
      topic.failed_term = part.term;
      topic.failed_from = topic.stored.last + 1;
      topic.failed_why = outcome;
      part.writer->not_stored(part.term, topic.failed_from, outcome);
    }
  }
}

void log_writer::trim(topic_state& topic, std::uint64_t first) {
  batch_.add_trim(topic, first);
  stats_.trims.fetch_add(1, std::memory_order_relaxed);
}

void log_writer::take(sweep_made& answer) {
  is_sweep_under_way_ = false;
  sweep_from_id_ = std::max<std::uint64_t>(answer.found.next_id, 1);
  sweep_due_ = std::chrono::steady_clock::now() + (answer.found.next_id == 0 ? sweep_period_ : sweep_pause);
  for (const auto& due : answer.found.due) {
    auto* const topic = topics_.find(due.record.name);
    if (topic == nullptr) {
      batch_.add_trim(due);
      stats_.trims.fetch_add(1, std::memory_order_relaxed);
      continue;
    }
    // Whoever is writing to it may have deleted more, or may keep more by now.
    const auto& record = topic->stored.record;
    if (topic->is_found && !topic->is_damaged && topic->stored.id == due.id && record.keep == due.record.keep &&
        record.first < due.record.first)
      trim(*topic, due.record.first);
  }
}

void log_writer::keep_house(order_time now) {
  store_.leave_damaged_tables();
  if (now >= sweep_due_ && !is_sweep_under_way_) {
    is_sweep_under_way_ = true;
    readers_.post(sweep_job{sweep_from_id_});
  }
  if (now >= forget_due_) {
    topics_.forget_unused(now - topic_idle_max_);
    stats_.topics_in_memory.store(topics_.size(), std::memory_order_relaxed);
    forget_due_ = now + topic_idle_max_;
  }
}

order_time log_writer::house_due() const noexcept {
  return is_sweep_under_way_ ? forget_due_ : std::min(sweep_due_, forget_due_);
}

} // namespace lintel::history
