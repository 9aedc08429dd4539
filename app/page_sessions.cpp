#include "app/page_sessions.hpp"

#include "app/secret.hpp"

#include <algorithm>

namespace lintel::app {

using actors::role;

std::string page_sessions::new_link(role may, clock::time_point now) {
  auto secret = new_secret();
  std::lock_guard lock{mutex_};
  if (links_.size() == links_max)
    links_.pop_front();
  links_.push_back({secret, may, now + link_lifetime});
  return secret;
}

std::optional<page_sessions::session> page_sessions::exchange(std::string_view secret, clock::time_point now) {
  std::lock_guard lock{mutex_};
  const auto found = std::ranges::find_if(links_, [&](const link& l) { return is_same_secret(l.secret, secret); });
  if (found == links_.end())
    return std::nullopt;
  const auto used = *found;
  links_.erase(found);
  if (used.until < now)
    return std::nullopt;
  session made{new_secret(), used.may};
  if (sessions_.size() == sessions_max)
    sessions_.pop_front();
  sessions_.push_back({made.key, unpadded_base64(made.key), made.may, now});
  return made;
}

// With mutex_ held.
void page_sessions::drop_unused(clock::time_point now) {
  std::erase_if(sessions_, [now](const known_session& each) { return now - each.used > unused_lifetime; });
}

role page_sessions::role_of(std::string_view key, clock::time_point now) {
  auto found = role::none;
  std::lock_guard lock{mutex_};
  drop_unused(now);
  for (auto& each : sessions_) // all of them, whatever the first says
    if (is_same_secret(each.key, key)) {
      found = each.may;
      each.used = now;
    }
  return found;
}

role page_sessions::role_of_base64(std::string_view text, clock::time_point now) {
  const auto guess = standard_base64(text);
  auto found = role::none;
  std::lock_guard lock{mutex_};
  drop_unused(now);
  for (auto& each : sessions_)
    if (is_same_secret(each.base64, guess)) {
      found = each.may;
      each.used = now;
    }
  return found;
}

role page_sessions::forget(std::string_view key, clock::time_point now) {
  const auto had = role_of(key, now);
  std::lock_guard lock{mutex_};
  std::erase_if(sessions_, [key](const known_session& each) { return is_same_secret(each.key, key); });
  return had;
}

} // namespace lintel::app
