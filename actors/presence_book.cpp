#include "actors/presence_book.hpp"

#include "base/ensure.hpp"
#include "protocol/presence_payload.hpp"

#include <algorithm>

namespace lintel::actors {

using namespace std::chrono_literals;

namespace {

// A list is back when its members have been few for so long.
constexpr std::chrono::seconds few_length = 1s;

// A count costs each member a frame. A second is fine for a number on a screen, and a big room waits longer, so that
// whatever comes and goes costs 10,000 frames a second at most, or in a room of 600,000 and more one per member and
// minute.
constexpr std::size_t counts_per_second = 10'000;
constexpr std::chrono::seconds count_interval_max = 60s;

std::chrono::seconds count_interval(std::size_t members) {
  return std::clamp(std::chrono::seconds{members / counts_per_second}, few_length, count_interval_max);
}

// Connections are written "c0-17-3", so no session is taken for one.
std::string owner_text(const presence_owner& who) {
  return who.session.empty() ? to_string(who.connection) : std::string{"s"}.append(who.session);
}

} // namespace

presence_errc presence_book::track(const presence_owner& who, std::string_view key, std::string_view meta,
                                   time_point now) {
  member* it = find(who);
  if (it != nullptr && key.empty())
    key = it->whose->first;
  const bool is_same_key = it != nullptr && it->whose->first == key;
  if (const auto error = judge(who, is_same_key ? it : nullptr, key, meta); error != presence_errc::ok)
    return error;
  if (!is_same_key) {
    if (it != nullptr)
      leave(*it, now);
    add(who, key, meta, now);
    return presence_errc::ok;
  }
  take_over(*it, who.connection);
  if (it->now->is_made_of(meta))
    return presence_errc::ok;
  text_bytes_ -= text_bytes(*it);
  it->now = std::make_shared<const presence_meta>(meta, refs_.next(), it->told ? it->told->ref() : std::string_view{});
  text_bytes_ += text_bytes(*it);
  changed(*it->whose, now);
  return presence_errc::ok;
}

// `it`: what is replaced.
presence_errc presence_book::judge(const presence_owner& who, const member* it, std::string_view key,
                                   std::string_view meta) const {
  if (!key.empty() && !protocol::is_presence_key(key))
    return presence_errc::invalid_key;
  if (meta.size() > limits_.meta_bytes_max)
    return presence_errc::meta_too_big;
  if (!meta.starts_with('{') || !meta.ends_with('}'))
    return presence_errc::invalid_meta;
  if (it == nullptr) {
    const auto found = users_.find(key);
    if (found != users_.end() && found->second.present >= limits_.metas_per_key_max)
      return presence_errc::too_many_metas;
  }
  const auto replaced = it != nullptr ? it->now->json().size() : 0;
  const auto added = meta.size() + (it != nullptr ? 0 : key.size() + who.session.size());
  return text_bytes_ - replaced + added > limits_.text_bytes_max ? presence_errc::presence_full : presence_errc::ok;
}

void presence_book::add(const presence_owner& who, std::string_view key, std::string_view meta, time_point now) {
  auto ref = refs_.next();
  auto& whose = *users_.try_emplace(key.empty() ? ref : std::string{key}).first;
  auto& it = *whose.second.devices.emplace_back(std::make_unique<member>());
  it.now = std::make_shared<const presence_meta>(meta, ref, std::string_view{});
  it.connection = who.connection;
  it.whose = &whose;
  const auto owned = owners_.emplace(owner_text(who), &it);
  base::ensure(owned.second, "an owner tracks one meta");
  it.owner = &owned.first->first;
  text_bytes_ += text_bytes(it);
  if (++whose.second.present == 1)
    ++present_users_;
  changed(whose, now);
}

void presence_book::untrack(const presence_owner& who, time_point now) {
  if (member* it = find_held(who))
    leave(*it, now);
}

void presence_book::lost(const presence_owner& who, time_point now) {
  member* it = find_held(who);
  if (it == nullptr || it->absent_at != time_point{})
    return;
  if (who.session.empty() || rules_.linger <= 0ms) {
    leave(*it, now);
    return;
  }
  it->absent_at = now + rules_.linger;
  lingering_.emplace(it->absent_at, it);
}

bool presence_book::returned(const presence_owner& who) {
  member* it = find(who);
  if (it != nullptr)
    take_over(*it, who.connection);
  return it != nullptr;
}

void presence_book::take_over(member& it, const connection_id& by) {
  it.connection = by;
  lingering_.erase({it.absent_at, &it});
  it.absent_at = {};
}

// What nobody has been told of is forgotten; the rest waits for the diff.
void presence_book::leave(member& it, time_point now) {
  lingering_.erase({it.absent_at, &it});
  text_bytes_ -= text_bytes(it);
  owners_.erase(*it.owner);
  it.owner = nullptr;
  it.now.reset();
  auto& whose = *it.whose;
  auto& devices = whose.second.devices;
  if (--whose.second.present == 0)
    --present_users_;
  if (!it.told)
    std::erase_if(devices, [&](const auto& device) { return device.get() == &it; });
  changed(whose, now);
}

void presence_book::changed(user_entry& whose, time_point now) {
  auto due = now + rules_.window;
  if (is_counting_) // what a room that grew small waits for is not what a big one does
    due = std::max<time_point>(due, looked_at_ + count_interval(metas()));
  window_end_ = window_end_ ? std::min(*window_end_, due) : due;
  if (is_counting_) {
    if (whose.second.devices.empty())
      users_.erase(users_.find(whose.first));
  } else if (!whose.second.is_changed) {
    whose.second.is_changed = true;
    changed_.push_back(&whose);
  }
}

std::vector<presence_news> presence_book::take_due(time_point now) {
  while (!lingering_.empty() && lingering_.begin()->first <= now)
    leave(*lingering_.begin()->second, now);
  if (!window_end_ || *window_end_ > now)
    return {};
  window_end_.reset();
  std::vector<presence_news> news;
  if (!is_counting_ && !is_beyond_list()) {
    if (auto diff = take_diff(); !diff.empty())
      news.push_back({"presence_diff", std::move(diff)});
    return news;
  }
  if (!is_counting_) {
    begin_counting();
    news.push_back({"presence_state", "{}"});
  } else if (is_few_for(now)) {
    begin_listing();
    news.push_back({"presence_state", list(view::told)});
    return news;
  }
  if (few_since_)
    window_end_ = now + few_length; // nobody may come or go until then
  if (!news.empty() || told_count_ != users()) {
    told_count_ = users();
    news.push_back(count());
  }
  looked_at_ = now;
  return news;
}

std::optional<presence_book::time_point> presence_book::next_deadline() const {
  if (lingering_.empty())
    return window_end_;
  const auto absence = lingering_.begin()->first;
  return window_end_ ? std::min(*window_end_, absence) : absence;
}

bool presence_book::is_beyond_list() const noexcept {
  return metas() > rules_.listed_max || text_bytes_ > limits_.list_bytes_max;
}

// Below half of it, so that a few who come and go do not make a list appear and disappear. And for a second: while a
// room empties, a list that is back would only be told of everybody leaving.
bool presence_book::is_few_for(time_point now) {
  if (2 * metas() >= rules_.listed_max || 2 * text_bytes_ >= limits_.list_bytes_max) {
    few_since_.reset();
    return false;
  }
  if (!few_since_)
    few_since_ = now;
  return now - *few_since_ >= few_length;
}

std::string presence_book::take_diff() {
  presence_entries joins;
  presence_entries leaves;
  for (auto* whose : changed_) {
    auto& [key, user] = *whose;
    joins.add(key, user.devices, [](const member& it) { return it.now != it.told ? it.now.get() : nullptr; });
    leaves.add(key, user.devices, [](const member& it) { return it.now != it.told ? it.told.get() : nullptr; });
    const bool is_empty = forget_absent(user);
    for (const auto& it : user.devices)
      it->told = it->now;
    if (is_empty)
      users_.erase(users_.find(key));
  }
  changed_.clear();
  if (joins.is_empty() && leaves.is_empty())
    return {};
  return R"({"joins":)" + joins.finish() + R"(,"leaves":)" + leaves.finish() + "}";
}

// What everybody has been told about the user, or need not be told: nobody waits for those who left. True: nobody is
// left at all.
bool presence_book::forget_absent(user_record& user) {
  user.is_changed = false;
  std::erase_if(user.devices, [](const auto& it) { return !it->now; });
  return user.devices.empty();
}

// The only two that look at everybody. Between one and the other, half of the members have to leave or come.
void presence_book::begin_counting() {
  is_counting_ = true;
  changed_.clear();
  for (auto entry = users_.begin(); entry != users_.end();) {
    auto& user = entry->second;
    const bool is_empty = forget_absent(user);
    for (const auto& it : user.devices)
      it->told.reset();
    entry = is_empty ? users_.erase(entry) : std::next(entry);
  }
}

void presence_book::begin_listing() {
  is_counting_ = false;
  few_since_.reset();
  for (auto& [key, user] : users_)
    for (const auto& it : user.devices)
      it->told = it->now;
}

presence_news presence_book::count() const {
  return {"presence_count", R"({"count":)" + std::to_string(told_count_) + "}"};
}

std::vector<presence_news> presence_book::first_news() const {
  std::vector<presence_news> news;
  news.push_back({"presence_state", list(view::told)});
  if (is_counting_)
    news.push_back(count());
  return news;
}

std::string presence_book::list(view which) const {
  if (which == view::told ? is_counting_ : is_beyond_list())
    return "{}";
  presence_entries entries;
  for (const auto& [key, user] : users_)
    entries.add(key, user.devices,
                [which](const member& it) { return which == view::told ? it.told.get() : it.now.get(); });
  return entries.finish();
}

presence_book::member* presence_book::find(const presence_owner& who) const {
  const auto found = owners_.find(owner_text(who));
  return found == owners_.end() ? nullptr : found->second;
}

presence_book::member* presence_book::find_held(const presence_owner& who) const {
  member* it = find(who);
  return it != nullptr && it->connection == who.connection ? it : nullptr;
}

std::string_view presence_book::ref_of(const presence_owner& who) const {
  const member* it = find(who);
  return it != nullptr ? it->now->ref() : std::string_view{};
}

std::size_t presence_book::text_bytes(const member& it) {
  return it.now->json().size() + it.whose->first.size() + it.owner->size();
}

} // namespace lintel::actors
