#include "actors/room_history.hpp"

#include "actors/messages.hpp"
#include "actors/runtime_config.hpp"
#include "base/ensure.hpp"

#include <algorithm>

namespace lintel::actors {

namespace {

constexpr std::size_t cursors_max = 10'000; // sessions of one topic that acknowledge
constexpr std::int64_t cursor_life_ms = 300'000;
constexpr std::int64_t sweep_pause_ms = 10'000; // a full table is not searched for each acknowledgement
constexpr auto between_attempts = std::chrono::seconds{1};
constexpr std::uint64_t page_bytes_max = 256 << 10;
constexpr std::size_t waiting_min = 8;

} // namespace

/// The log's threads hold it, so that none of them holds the room for longer than its messages are under way.
class room_history::scribe : public history::log_listener {
public:
  explicit scribe(light_process& room) : room_(&room) {}
  void stored(std::uint32_t term, std::uint64_t offset) noexcept override {
    room_->post(std::make_unique<log_news>(term, offset, history::log_error::none));
  }
  void not_stored(std::uint32_t term, std::uint64_t offset, history::log_error why) noexcept override {
    room_->post(std::make_unique<log_news>(term, offset, why));
  }

private:
  const process_ptr<light_process> room_;
};

room_history::room_history(const history_rules& rules, const std::string& topic, const room_services& services,
                           const room_limits& limits)
    : rules_(rules), name_(topic), services_(services), recover_bytes_max_(limits.recover_bytes_max),
      log_patience_(limits.log_patience) {}

room_history::~room_history() { close(); }

void room_history::close() {
  if (topic_ && !is_durable())
    services_.shelf.give_back(name_, rules_.keep);
  topic_.reset();
  opening_.reset();
  scribe_.reset(); // it holds the room
}

room_history::readiness room_history::prepare(light_process& room) {
  if (topic_)
    return readiness::ready;
  if (!is_durable()) {
    topic_ = services_.shelf.take(name_);
    return readiness::ready;
  }
  if (services_.log == nullptr)
    return readiness::failed;
  if (!opening_) {
    if (worker::clock::now() < next_attempt_)
      return readiness::failed;
    auto answer = log_answer::to(room, log_patience_);
    const auto tail = tail_rules();
    services_.log->open(name_, rules_.keep, static_cast<std::uint32_t>(tail.count_max), tail.bytes_max,
                        answer->taker(room));
    opening_ = std::move(answer);
  }
  switch (opening_->look()) {
  case log_answer::state::pending: return readiness::opening;
  case log_answer::state::overdue: return readiness::failed;
  case log_answer::state::here: break;
  }
  auto found = std::exchange(opening_, nullptr)->take();
  if (found.error != history::log_error::none) {
    next_attempt_ = worker::clock::now() + between_attempts;
    return readiness::failed;
  }
  scribe_ = std::make_shared<scribe>(room);
  topic_ = topic_of(std::move(found));
  return readiness::ready;
}

history::kept_topic_ptr room_history::topic_of(history::opened_topic found) const {
  const auto before = found.tail.empty() ? found.last : found.tail.front().offset - 1;
  auto topic = std::make_shared<history::kept_topic>(std::move(found.epoch), before);
  for (auto& one : found.tail)
    topic->messages.append(std::move(one),
                           {.count_max = UINT64_MAX, .age_max = rules_.keep.age_max, .bytes_max = UINT64_MAX});
  if (!found.keys.empty())
    topic->keys = std::make_unique<history::recent_keys>();
  for (auto& key : found.keys)
    topic->keys->note(std::move(key.key), key.offset, key.at_ms);
  return topic;
}

history::recent_keys& room_history::keys() {
  if (!topic_->keys)
    topic_->keys = std::make_unique<history::recent_keys>();
  return *topic_->keys;
}

// On disk there is more; in memory is what a join may recover.
history::retention room_history::tail_rules() const noexcept {
  auto tail = rules_.keep;
  if (is_durable()) {
    tail.count_max = std::min<std::uint64_t>(tail.count_max, recover_count_max);
    tail.bytes_max = std::min(tail.bytes_max, recover_bytes_max_);
  }
  return tail;
}

std::uint64_t room_history::offset_of(const std::string& key, std::int64_t now_ms) {
  return key.empty() || !topic_->keys ? 0 : topic_->keys->find(key, now_ms);
}

bool room_history::wait_for(std::uint64_t offset, letter_ptr& retry) {
  const auto place = offset - visible().last() - 1; // offsets have no holes
  base::ensure(place < waiting_.size(), "what is not visible waits");
  if (retries_ >= retries_max)
    return false;
  waiting_[place].retries.push_back(std::move(retry));
  ++retries_;
  return true;
}

history::entry room_history::next(protocol::message_ptr message) const {
  return {visible().last() + 1, history::wall_clock_ms(), std::move(message)};
}

// Both or neither: if the message cannot be kept, the next one gets its offset.
template <class Store>
void room_history::keep_with(const std::string& key, const history::entry& what, Store store) {
  if (key.empty()) {
    store();
    return;
  }
  keys().note(key, what.offset, what.at_ms);
  try {
    store();
  } catch (...) {
    keys().forget(key);
    throw;
  }
}

void room_history::append(const history::entry& what, const std::string& key) {
  keep_with(key, what, [&] { topic_->messages.append(what, rules_.keep); });
}

void room_history::submit(letter_ptr& request, protocol::message_ptr message, std::string key) {
  if (waiting_.full())
    waiting_.set_capacity(std::max(waiting_min, 2 * waiting_.capacity()));
  const auto offset = visible().last() + waiting_.size() + 1;
  const history::entry what{offset, history::wall_clock_ms(), std::move(message)};
  const auto until = rules_.kept == durability::synced ? history::level::synced : history::level::written;
  keep_with(key, what, [&] {
    services_.log->append({.writer = scribe_, .topic = name_, .what = what, .key = key, .until = until, .term = term_});
  });
  waiting_.push_back({std::move(request), what, std::move(key), term_, {}});
}

room_history::waiting* room_history::next_stored() noexcept {
  if (waiting_.empty() || waiting_.front().term != stored_term_ || waiting_.front().what.offset > stored_to_)
    return nullptr;
  return &waiting_.front();
}

room_history::waiting room_history::take_stored() {
  topic_->messages.append(waiting_.front().what, tail_rules());
  auto first = std::move(waiting_.front());
  waiting_.pop_front();
  retries_ -= first.retries.size();
  forget_capacity();
  return first;
}

// A burst's memory goes with it; what one message needs stays.
void room_history::forget_capacity() noexcept {
  if (waiting_.empty() && waiting_.capacity() > waiting_min)
    waiting_.set_capacity(0);
}

std::vector<room_history::waiting> room_history::not_stored(std::uint32_t term, std::uint64_t offset) {
  if (term != term_)
    return {}; // said before, of an earlier message
  auto refused = take_waiting(offset);
  ++term_;
  return refused;
}

std::vector<room_history::waiting> room_history::take_waiting(std::uint64_t from) {
  std::vector<waiting> all;
  const auto kept = std::ranges::find_if(waiting_, [&](const auto& one) { return one.what.offset >= from; });
  all.assign(std::make_move_iterator(kept), std::make_move_iterator(waiting_.end()));
  waiting_.erase(kept, waiting_.end());
  forget_capacity();
  for (auto one = all.rbegin(); one != all.rend(); ++one) {
    retries_ -= one->retries.size();
    if (!one->key.empty())
      keys().forget(one->key);
  }
  return all;
}

// A room that is quiet appends nothing, and appending is what forgets.
void room_history::forget_old() noexcept { topic_->messages.trim(tail_rules(), history::wall_clock_ms()); }

room_history::recovery room_history::recover(const protocol::recover_request& wish, const std::string& sid) {
  forget_old();
  auto since = wish.offset;
  if (!wish.has_offset) {
    const auto found = topic_->cursors.find(sid);
    if (sid.empty() || found == topic_->cursors.end())
      return {};
    since = found->second.offset;
  } else if (wish.epoch != epoch()) {
    return {};
  }
  if (!visible().reaches_back_to(since) ||
      visible().last() - since > std::min<std::uint64_t>(wish.limit, recover_count_max))
    return {};
  recovery all{true, visible().read({.after = since, .count_max = recover_count_max, .bytes_max = recover_bytes_max_})};
  if (all.missed.size() != visible().last() - since)
    return {}; // too many bytes for a client's outbox
  return all;
}

std::string room_history::position_text(bool is_recovered, std::size_t count) const {
  return R"({"stream":{"epoch":")" + epoch() + R"(","offset":)" + std::to_string(visible().last()) +
         R"(,"recovered":)" + (is_recovered ? "true" : "false") + R"(,"count":)" + std::to_string(count) + "}}";
}

bool room_history::acknowledge(const std::string& sid, std::uint64_t offset) {
  if (offset > visible().last())
    return false;
  const auto now = history::wall_clock_ms();
  auto& cursors = topic_->cursors;
  if (cursors.size() >= cursors_max && !cursors.contains(sid) && now >= next_sweep_ms_) {
    std::erase_if(cursors, [&](const auto& one) { return one.second.at_ms < now - cursor_life_ms; });
    next_sweep_ms_ = now + sweep_pause_ms;
  }
  if (cursors.size() >= cursors_max && !cursors.contains(sid))
    return true; // it is remembered by the client alone
  auto& cursor = cursors[sid];
  cursor = {std::max(cursor.offset, offset), now};
  return true;
}

history::range room_history::bounded(const protocol::history_query& query) noexcept {
  forget_old();
  return {.after = query.after,
          .before = std::min(query.before, visible().last() + 1),
          .count_max = query.limit,
          .bytes_max = std::min(page_bytes_max, recover_bytes_max_),
          .is_newest_first = query.is_newest_first};
}

bool room_history::holds(const history::range& which) const noexcept {
  if (!is_durable() || which.before <= which.after + 1)
    return true;
  const auto oldest = which.is_newest_first && which.before > which.count_max
                          ? std::max(which.after + 1, which.before - which.count_max)
                          : which.after + 1;
  return oldest >= visible().first();
}

void room_history::begin_anew(light_process& room, letter_ptr& request) {
  base::ensure(waiting_.empty(), "nothing waits for the log that forgets its topic");
  if (is_durable()) {
    auto answer = log_answer::to(room, log_patience_, std::make_unique<log_news>(0, 0, history::log_error::none));
    services_.log->reset(name_, answer->taker(room));
    opening_ = std::move(answer);
    topic_.reset();
    ++term_; // what was stored of the old stream says nothing of the new one
  } else {
    topic_->messages = history::stream{services_.shelf.next_epoch()};
    topic_->keys.reset();
    topic_->cursors.clear();
  }
  reset_ = std::move(request);
}

} // namespace lintel::actors
