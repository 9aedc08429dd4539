#include "app/system_feed.hpp"

#include "actors/room_actor.hpp"
#include "actors/system_topic.hpp"
#include "app/control_commands.hpp"
#include "app/json_views.hpp"
#include "protocol/transcode.hpp"

#include <pthread.h>
#include <rapidjson/document.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <utility>

namespace lintel::app {

using namespace std::chrono_literals;
using actors::light_process;
using actors::process_ptr;

namespace {

// A person sees four changes a second as motion; a tree takes longer to read.
// Metrics are published when there is a sample of them; without one a little later all the same.
constexpr auto interval_of(std::string_view topic) {
  return topic == actors::system_actors    ? 250ms
         : topic == actors::system_chaos   ? 500ms
         : topic == actors::system_metrics ? 1500ms
                                           : 1000ms;
}

// Many who join together get one publication.
constexpr auto shortest_interval = 100ms;

// An admin who asks faster than we can answer waits in line; one who asks without end is refused.
constexpr std::size_t questions_max = 1000;

std::string_view event_of(std::string_view topic) {
  if (topic == actors::system_tree)
    return "tree";
  if (topic == actors::system_metrics)
    return "metrics";
  if (topic == actors::system_chaos)
    return "chaos";
  return topic == actors::system_actors ? "events" : "actor";
}

// {"names":…} of a push, as a line of the control socket: its event is the command.
std::string command_line_of(const protocol::message_view& push) {
  std::string payload;
  protocol::append_json(payload, push.payload);
  rapidjson::Document request;
  request.Parse<rapidjson::kParseIterativeFlag>(payload.data(), payload.size());
  auto& memory = request.GetAllocator();
  const auto text = [&memory](std::string_view value) {
    return rapidjson::Value{value.data(), static_cast<rapidjson::SizeType>(value.size()), memory};
  };
  request.RemoveMember("command");
  request.AddMember("command", text(push.event), memory);
  const bool names_one = push.topic.starts_with(actors::system_actor);
  if (names_one && !std::ranges::any_of(std::array{"id", "ids", "random", "all"},
                                        [&](const char* key) { return request.HasMember(key); }))
    request.AddMember("id", text(push.topic.substr(actors::system_actor.size())), memory);
  rapidjson::StringBuffer out;
  json_writer writer{out};
  request.Accept(writer);
  return {out.GetString(), out.GetSize()};
}

std::string text_of(const actors::actor_events::batch& what) {
  rapidjson::StringBuffer out;
  json_writer writer{out};
  write(writer, what);
  return {out.GetString(), out.GetSize()};
}

// Notes the last messages of a connection, or ends that.
void tap(server_parts& parts, const actors::connection_id& id, bool wanted) {
  if (id.worker >= parts.workers())
    return;
  parts.book.courier(id.worker).post(
      std::make_unique<actors::worker_call>([id, wanted, sockets = parts.sockets[id.worker]] {
        if (auto* c = sockets->table().find(id))
          sockets->tap(*c, wanted);
      }));
}

} // namespace

void system_feed::start(operations& server) {
  server_ = &server;
  thread_ = std::thread{[this] {
    pthread_setname_np(pthread_self(), "system feed");
    run();
  }};
}

void system_feed::close() {
  std::map<std::string, watched> released; // after the lock is gone
  std::lock_guard lock{mutex_};
  is_stopping_ = true;
  released.swap(watched_); // rooms hold what the actor system owns
  questions_.clear();
  called_.notify_all();
}

void system_feed::stop() {
  close();
  if (thread_.joinable())
    thread_.join();
  strikes_.write();
}

void system_feed::watch(const std::string& topic, process_ptr<light_process> room) {
  std::lock_guard lock{mutex_};
  if (is_stopping_)
    return;
  auto& entry = watched_[topic];
  const bool is_new = entry.room != room;
  entry.room.swap(room); // the one before is released after the lock is gone
  entry.has_newcomer = true;
  entry.due = is_new ? clock::now() : std::min(entry.due, clock::now() + shortest_interval);
  set_watched(topic, true);
  called_.notify_one();
}

// What is not worth gathering unless somebody looks.
void system_feed::set_watched(std::string_view topic, bool is_watched) {
  if (topic == actors::system_actors)
    parts_.runtime.pool().events().set_watched(is_watched);
  else if (topic.starts_with(actors::system_actor))
    if (const auto id = actors::parse_connection_id(topic.substr(actors::system_actor.size()));
        id && topic.substr(actors::system_actor.size()) == to_string(*id)) // "c00-0-0" is nobody's name
      tap(parts_, *id, is_watched);
}

void system_feed::unwatch(const std::string& topic, const light_process& room) {
  process_ptr<light_process> released; // after the lock is gone
  std::lock_guard lock{mutex_};
  const auto found = watched_.find(topic);
  if (found == watched_.end() || found->second.room.get() != &room)
    return;
  released = std::move(found->second.room);
  watched_.erase(found);
  set_watched(topic, false);
}

void system_feed::sampled() {
  strikes_.write();
  std::lock_guard lock{mutex_};
  if (const auto found = watched_.find(std::string{actors::system_metrics}); found != watched_.end()) {
    found->second.due = clock::now();
    called_.notify_one();
  }
}

std::string system_feed::past_of(const std::string& topic) {
  return topic == actors::system_metrics ? parts_.recent.json() : std::string{};
}

void system_feed::struck(std::string_view action, std::string whom, actors::connection_id by) {
  strikes_.note(action, std::move(whom), to_string(by));
}

void system_feed::ask(actors::connection_id from, protocol::message_ptr request, actors::client_identity_ptr who) {
  std::unique_lock lock{mutex_};
  if (is_stopping_ || questions_.size() >= questions_max) {
    lock.unlock();
    parts_.book.courier(from.worker)
        .post(std::make_unique<actors::request_settled>(from, std::move(request), false, R"({"reason":"overloaded"})"));
    return;
  }
  questions_.push_back({from, std::move(request), std::move(who)});
  called_.notify_one();
}

std::map<std::string, system_feed::watched>::iterator system_feed::next_due() {
  return std::ranges::min_element(watched_, {}, [](const auto& entry) { return entry.second.due; });
}

void system_feed::run() {
  std::unique_lock lock{mutex_};
  while (!is_stopping_) {
    if (!questions_.empty()) {
      const auto asked = std::move(questions_.front());
      questions_.pop_front();
      lock.unlock();
      answer(asked);
      lock.lock();
      continue;
    }
    const auto next = next_due();
    if (next == watched_.end()) {
      called_.wait(lock);
      continue;
    }
    const auto due = next->second.due; // a copy: wait_until() looks at it again when the entry may be gone
    if (due > clock::now())
      called_.wait_until(lock, due);
    else
      publish(lock, next);
  }
}

void system_feed::publish(std::unique_lock<std::mutex>& lock, std::map<std::string, watched>::iterator which) {
  const auto topic = which->first;
  which->second.due = clock::now() + interval_of(topic);
  lock.unlock();
  auto news = news_for(topic);
  lock.lock();
  const auto found = watched_.find(topic); // everything may have changed meanwhile
  if (found == watched_.end() || news.empty())
    return;
  auto& entry = found->second;
  // The same events once more are news all the same: a room may start and end twice.
  const bool is_repeated = news == entry.last && topic != actors::system_actors;
  if (!std::exchange(entry.has_newcomer, false) && is_repeated)
    return;
  entry.last = news;
  auto room = entry.room;
  lock.unlock();
  auto message = protocol::message::copy_of({.topic = topic, .event = event_of(topic), .payload = {.bytes = news}});
  room->post(std::make_unique<actors::system_news>(std::move(message)));
  room.reset(); // while nothing is locked: a room that ends calls unwatch()
  lock.lock();
}

// Empty: there is nothing to say.
std::string system_feed::news_for(const std::string& topic) {
  try {
    if (topic == actors::system_tree)
      return tree_news();
    if (topic == actors::system_metrics)
      return server_->metrics_json();
    if (topic == actors::system_chaos)
      return command_result(*server_, R"({"command":"chaos"})");
    if (topic == actors::system_actors) {
      const auto batch = parts_.runtime.pool().events().take();
      return batch.is_empty() ? std::string{} : text_of(batch);
    }
    return actor_news(topic.substr(actors::system_actor.size()));
  } catch (const std::exception& problem) {
    spdlog::error("cannot publish {}: {}", topic, problem.what());
    return {};
  }
}

std::string system_feed::tree_news() {
  const auto tree = command_result(*server_, R"({"command":"tree"})");
  return R"({"tree":)" + tree + gaps_of(*server_) + '}';
}

std::string system_feed::actor_news(const std::string& name) {
  std::string request = R"({"command":"actor","id":)";
  protocol::append_json_string(request, name);
  try {
    auto news = command_result(*server_, request + '}');
    news.pop_back(); // its closing brace
    return news + gaps_of(*server_) + '}';
  } catch (const std::exception&) { // mostly: it is gone; whoever watches shall see that
    std::string gone = R"({"status":"gone","id":)";
    protocol::append_json_string(gone, name);
    return gone + '}';
  }
}

void system_feed::answer(const question& asked) {
  bool is_ok = true;
  std::string response;
  auto source = to_string(asked.from);
  if (asked.who && !asked.who->peer.empty())
    source += ' ' + asked.who->peer;
  try {
    const auto result = command_result(*server_, command_line_of(asked.request->view()), source);
    response = R"({"result":)" + result + gaps_of(*server_) + '}';
  } catch (const std::exception& problem) {
    is_ok = false;
    response = R"({"reason":)";
    protocol::append_json_string(response, problem.what());
    response += '}';
  }
  parts_.book.courier(asked.from.worker)
      .post(std::make_unique<actors::request_settled>(asked.from, asked.request, is_ok, std::move(response)));
}

} // namespace lintel::app
