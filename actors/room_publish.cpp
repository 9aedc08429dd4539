// What is said in a room: rules → history → one broadcast.

#include "actors/room_actor.hpp"

#include "actors/room_services.hpp"
#include "actors/system_desk.hpp"
#include "protocol/broadcast.hpp"

#include <stdexcept>

namespace lintel::actors {

using protocol::message_ptr;

namespace {

// A page may be thousands of times as long as its request.
constexpr rate_limit pages_of_one_member{.per_second = 10, .burst = 4};

bool hears_offsets(const letter& request) {
  return request.kind == letter_kind::room_request || static_cast<const client_request&>(request).hears_offsets;
}

} // namespace

void room_actor::push(letter_ptr& mail) {
  const auto& request = static_cast<client_request&>(*mail);
  const auto event = request.message->view().event;
  if (event == "ping")
    answer(request.from.worker, std::make_unique<request_settled>(request, ""));
  else if (history_ && event == "history") {
    if (!is_too_fast(request, page_paces_, pages_of_one_member))
      read_history(mail, request.message->view().payload);
  } else if (history_ && event == "ack")
    acknowledge(request);
  else if (rules_->presence.is_on && event == "presence")
    push_presence(mail);
  else if (limits_.takes_chaos_events && event == "chaos:crash_room") {
    if (auto* desk = book_.desk())
      desk->struck("chaos_crash_room", topic_, request.from);
    throw std::runtime_error{"crash asked for by a member"};
  } else if (request.may < rules_->may_publish)
    reject(*mail, "unauthorized");
  else if (rules_->publishes.per_second == 0 || !is_too_fast(request, publish_paces_, rules_->publishes))
    publish(mail, message_ptr{request.message});
}

bool room_actor::is_too_fast(const client_request& request, paces& so_far, const rate_limit& limit) {
  const auto now = worker::clock::now();
  auto& pace = so_far.try_emplace(request.from, limit.per_second, std::max(1u, limit.burst)).first->second;
  const auto next = pace.next(now);
  if (next <= now) {
    pace.take(now);
    return false;
  }
  pool().count(counter::publish_rate_limited);
  const auto wait_ms = std::chrono::ceil<std::chrono::milliseconds>(next - now).count();
  answer(request.from.worker, std::make_unique<request_settled>(request.from, request.message, false,
                                                                R"({"reason":"rate limited","retry_after_ms":)" +
                                                                    std::to_string(wait_ms) + "}"));
  return true;
}

/// `mail` is a room_push or a room_request.
void room_actor::publish(letter_ptr& mail, const message_ptr& message) {
  const auto& view = message->view();
  const bool is_ephemeral = rules_->is_ephemeral(view.event);
  if (!history_ || is_ephemeral) {
    const auto* const from = mail->kind == letter_kind::room_push ? static_cast<client_request*>(mail.get()) : nullptr;
    broadcast(protocol::broadcast::make(message, 0, is_ephemeral), from);
    if (from == nullptr)
      static_cast<room_request&>(*mail).settle({});
    return;
  }
  auto key = protocol::idem_in(view.payload);
  if (!key) {
    reject(*mail, "invalid idem");
    return;
  }
  if (const auto before = history_->offset_of(*key, history::wall_clock_ms()); before != 0) {
    pool().count(counter::publish_duplicates);
    if (history_->is_visible(before)) {
      outgoing news;
      add_answer(news, *mail, before, true, true);
      tell(news);
    } else if (!history_->wait_for(before, mail))
      reject(*mail, "overloaded");
    return;
  }
  keep(mail, message, std::move(*key));
}

void room_actor::keep(letter_ptr& mail, const message_ptr& message, std::string key) {
  if (!history_->is_durable()) {
    const auto what = history_->next(message);
    auto news = announce(*mail, what, !key.empty());
    history_->append(what, key);
    pool().count(counter::history_appended);
    tell(news);
  } else if (history_->log().waiting_bytes() > limits_.log_waiting_bytes_max) {
    reject(*mail, "overloaded");
  } else {
    history_->submit(mail, message, std::move(key));
  }
}

// What is to be told once the message is kept. Everything that may fail is done here, before that: there is no message
// in the history that nobody was told of.
room_actor::outgoing room_actor::announce(const letter& request, const history::entry& what, bool has_key) {
  const auto message = protocol::broadcast::make(what.message, what.offset);
  if (request.kind == letter_kind::room_request) {
    auto news = address(message);
    add_answer(news, request, what.offset, false, has_key);
    return news;
  }
  const bool is_told = has_key || history_->is_durable() || hears_offsets(request);
  return address(message, &static_cast<const client_request&>(request),
                 is_told ? R"({"offset":)" + std::to_string(what.offset) + "}" : std::string{});
}

// Called again by the next incarnation: what is stored is told, whatever becomes of us meanwhile.
void room_actor::tell_stored() {
  while (const auto* const next = history_->next_stored()) {
    auto news = announce(*next->request, next->what, !next->key.empty());
    for (const auto& retry : next->retries)
      add_answer(news, *retry, next->what.offset, true, true);
    const auto told = history_->take_stored();
    pool().count(counter::history_appended);
    tell(news);
  }
}

/// The ok of a publish, of whatever kind the request is.
void room_actor::add_answer(outgoing& news, const letter& request, std::uint64_t offset, bool is_duplicate,
                            bool has_key) {
  auto json = R"({"offset":)" + std::to_string(offset);
  if (request.kind == letter_kind::room_request)
    json += R"(,"epoch":")" + history_->epoch() + '"';
  if (is_duplicate && has_key)
    json += R"(,"duplicate":true)";
  json += '}';
  if (request.kind == letter_kind::room_request) {
    news.answers.push_back({&static_cast<const room_request&>(request), {.error = {}, .json = std::move(json)}});
    return;
  }
  const auto& push = static_cast<const client_request&>(request);
  news.letters.emplace_back(push.from.worker,
                            std::make_unique<request_settled>(push.from, push.message, true, std::move(json)));
}

void room_actor::take_log_news(const log_news& news) {
  note_log_news(news);
  tell_stored();
  if (roster_.members() == 0)
    ask_to_retire();
}

void room_actor::note_log_news(const log_news& news) {
  if (news.error == history::log_error::none) {
    history_->note_stored(news.term, news.offset);
    return;
  }
  for (const auto& one : history_->not_stored(news.term, news.offset)) {
    pool().count(counter::history_refused);
    reject(*one.request, "storage unavailable");
    for (const auto& retry : one.retries)
      reject(*retry, "storage unavailable");
  }
}

void room_actor::broadcast(const protocol::broadcast_ptr& message, const client_request* answered,
                           std::string response) {
  auto news = address(message, answered, std::move(response));
  tell(news);
}

// One post per worker that has members; the sender's carries the answer too, so both leave in one send.
room_actor::outgoing room_actor::address(const protocol::broadcast_ptr& message, const client_request* answered,
                                         std::string response) {
  pool().count(counter::broadcasts);
  using loss = room_delivery::loss;
  const auto allowed = message->is_ephemeral()             ? loss::early
                       : rules_->slow == slow_policy::drop ? loss::when_full
                                                           : loss::never;
  outgoing all;
  bool is_answered = answered == nullptr || answered->message->view().ref.is_null();
  for (const auto& [leg, members] : roster_.legs()) {
    if (members == 0)
      continue;
    auto post = std::make_unique<room_delivery>(leg, message);
    post->allowed = allowed;
    if (!is_answered && leg->worker == answered->from.worker) {
      post->answer_to = answered->from;
      post->answered = answered->message;
      post->response = std::move(response);
      is_answered = true;
    }
    all.letters.emplace_back(leg->worker, std::move(post));
  }
  if (!is_answered) // the member has left while its message was on its way to the disk
    all.letters.emplace_back(answered->from.worker, std::make_unique<request_settled>(
                                                        answered->from, answered->message, true,
                                                        response.empty() ? std::string{"{}"} : std::move(response)));
  return all;
}

void room_actor::tell(outgoing& news) {
  for (auto& [worker, mail] : news.letters)
    answer(worker, std::move(mail));
  for (auto& [request, text] : news.answers)
    request->settle(std::move(text));
}

void room_actor::reject(letter& request, std::string_view reason) noexcept {
  if (request.kind == letter_kind::room_request) {
    static_cast<room_request&>(request).settle({.error = std::string{reason}, .json = {}});
    return;
  }
  const auto& push = static_cast<client_request&>(request);
  answer(push.from.worker, std::make_unique<request_settled>(push, reason));
}

} // namespace lintel::actors
