#include "actors/room_presence.hpp"

namespace lintel::actors {

namespace {

// Of all rooms: a ref must not come twice in the life of a server.
presence_refs& refs() {
  static presence_refs all;
  return all;
}

} // namespace

presence_owner room_presence::owner_of(const connection_id& connection, const client_identity_ptr& who) {
  return {.connection = connection, .session = who ? std::string_view{who->sid} : std::string_view{}};
}

presence_book& room_presence::book() {
  if (!book_)
    book_ = std::make_unique<presence_book>(rules_, limits_, refs());
  return *book_;
}

// Who names no key is known by the name that it gave when it connected; without one, the book makes one up.
presence_errc room_presence::track(const client_request& request, std::string_view key, std::string_view meta,
                                   time_point now) {
  if (key.empty() && request.who && protocol::is_presence_key(request.who->user))
    key = request.who->user;
  return book().track(owner_of(request.from, request.who), key, meta, now);
}

std::string_view room_presence::join(const client_request& request, const protocol::presence_params& said,
                                     time_point now) {
  if (!said.key.empty() && !protocol::is_presence_key(said.key))
    return describe(presence_errc::invalid_key);
  if (said.meta) {
    if (const auto error = track(request, said.key, *said.meta, now); error != presence_errc::ok)
      return describe(error);
  } else {
    const bool is_present = book_ && book_->returned(owner_of(request.from, request.who));
    if (!is_present && said.key.empty())
      return {};
  }
  parties_.insert_or_assign(request.from, party{request.who, said.key});
  return {};
}

std::vector<presence_news> room_presence::greet(const protocol::presence_params& said) {
  if (!said.is_asked && is_empty()) {
    has_untold_ = true;
    return {};
  }
  if (book_)
    return book_->first_news();
  return {{"presence_state", "{}"}};
}

std::string_view room_presence::push(const client_request& request, time_point now) {
  using kind = protocol::presence_order::kind;
  const auto order = protocol::read_presence_order(request.message->view().payload);
  switch (order.what) {
  case kind::invalid: break;
  case kind::track: {
    const auto known = parties_.find(request.from);
    const auto error =
        track(request, known != parties_.end() ? known->second.key : std::string_view{}, order.meta, now);
    if (error != presence_errc::ok)
      return describe(error);
    parties_.try_emplace(request.from, party{request.who, {}});
    return {};
  }
  case kind::untrack:
    if (book_)
      book_->untrack(owner_of(request.from, request.who), now);
    return {};
  }
  return "invalid presence";
}

void room_presence::leave(const connection_id& who, time_point now) {
  const auto found = parties_.find(who);
  if (found == parties_.end())
    return;
  if (book_)
    book_->untrack(owner_of(who, found->second.who), now);
  parties_.erase(found);
}

void room_presence::lose(const connection_id& who, time_point now) {
  const auto found = parties_.find(who);
  if (found == parties_.end())
    return;
  if (book_)
    book_->lost(owner_of(who, found->second.who), now);
  parties_.erase(found);
}

std::vector<presence_news> room_presence::take_due(time_point now) {
  if (!book_)
    return {};
  auto news = book_->take_due(now);
  if (news.empty() || !std::exchange(has_untold_, false) || news.front().event == "presence_state")
    return news;
  news.insert(news.begin(), {"presence_state", "{}"});
  return news;
}

void room_presence::set_alarm(light_process& room) {
  if (!book_)
    return;
  if (const auto when = book_->next_deadline())
    alarms_.wake_at(room, when, worker::clock::now());
}

std::string room_presence::summary() const {
  if (!book_)
    return R"({"presence":{},"count":0})";
  return R"({"presence":)" + book_->list(presence_book::view::present) + R"(,"count":)" +
         std::to_string(book_->users()) + "}";
}

} // namespace lintel::actors
