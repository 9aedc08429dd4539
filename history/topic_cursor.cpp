#include "history/topic_cursor.hpp"

namespace lintel::history {

topic_cursor::topic_cursor(rocksdb::DB& database, const topic_view& view)
    : id_(view.id), topic_(view.topic), lower_key_(topic_key(view.id)), upper_key_(topic_key(view.id + 1)),
      lower_(lower_key_), upper_(upper_key_) {
  rocksdb::ReadOptions options;
  options.snapshot = view.moment.get();
  options.verify_checksums = true;
  // What is deleted around the topic is not walked through.
  options.iterate_lower_bound = &lower_;
  options.iterate_upper_bound = &upper_;
  at_.reset(database.NewIterator(options));
}

bool topic_cursor::seek_last() {
  at_->SeekToLast();
  const auto place = at_->Valid() ? parse_entry_key(at_->key().ToStringView()) : std::nullopt;
  offset_ = place ? place->offset : 0;
  if (place && place->offset > 0)
    return is_at(entry_key(id_, offset_));
  // The topic's record is in front of its messages, and has been read before.
  problem_ = at_->status().ok() ? "" : at_->status().ToString();
  return false;
}

bool topic_cursor::is_at(const std::string& key) {
  record_.reset();
  if (!at_->Valid())
    problem_ = at_->status().ok() ? "it is missing" : at_->status().ToString();
  else if (at_->key() != rocksdb::Slice{key})
    problem_ = "it is missing";
  else if (!(record_ = parse_entry(at_->value().ToStringView())))
    problem_ = "it makes no sense";
  return record_.has_value();
}

} // namespace lintel::history
