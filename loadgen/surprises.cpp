#include "loadgen/surprises.hpp"

#include <numeric>

namespace lintel::loadgen {

std::string_view name_of(surprise kind) noexcept {
  switch (kind) {
  case surprise::broken_frame:
    return "broken frames";
  case surprise::unreadable_message:
    return "unreadable messages";
  case surprise::unexpected_event:
    return "unexpected events";
  case surprise::foreign_topic:
    return "messages of foreign topics";
  case surprise::unknown_reply:
    return "replies to nothing";
  case surprise::repeated_reply:
    return "repeated replies";
  case surprise::refused_heartbeat:
    return "refused heartbeats";
  case surprise::unanswered_heartbeat:
    return "unanswered heartbeats";
  case surprise::refused_in_hall:
    return "refused in the hall";
  }
  return "?";
}

void surprises::note(surprise kind, std::string_view example) {
  if (counts_[index(kind)]++ == 0)
    examples_[index(kind)] = example.substr(0, example_bytes_max);
}

void surprises::merge(const surprises& other) {
  for (std::size_t i = 0; i < surprise_count; ++i) {
    if (counts_[i] == 0)
      examples_[i] = other.examples_[i];
    counts_[i] += other.counts_[i];
  }
}

std::uint64_t surprises::total() const noexcept {
  return std::accumulate(counts_.begin(), counts_.end(), std::uint64_t{0});
}

void surprises::save(archive_writer& out) const {
  out.put(counts_);
  for (const std::string& example : examples_)
    out.put(example);
}

void surprises::load(archive_reader& in) {
  in.get(counts_);
  for (std::string& example : examples_)
    in.get(example);
}

} // namespace lintel::loadgen
