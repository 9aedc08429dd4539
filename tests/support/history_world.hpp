#pragma once

#include "actors/client_identity.hpp"
#include "actors/room_services.hpp"
#include "tests/support/fake_log.hpp"
#include "tests/support/room_world.hpp"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace lintel::testing {

using actors::durability;
using actors::namespace_rules;
using history::log_error;

/// Rooms that keep what is said: "room:*" in memory, "log:*" in a fake log. The member is worker 0's, unless a test
/// says otherwise, so that everything arrives in one order.
struct history_world {
  using lines = std::vector<std::string>;

  static std::vector<namespace_rules> usual_rules() {
    namespace_rules room{.pattern = "room:*"};
    room.history = {durability::memory, {.count_max = 10, .age_max = std::chrono::hours{1}, .bytes_max = 1 << 20}};
    room.ephemeral = {"typing"};
    namespace_rules log{.pattern = "log:*"};
    log.history = {durability::synced, {.count_max = 10'000, .age_max = std::chrono::hours{1}, .bytes_max = 1 << 20}};
    return {room, log};
  }

  explicit history_world(std::vector<namespace_rules> rules = usual_rules(), actors::room_limits limits = {},
                         history::durable_log* other_log = nullptr)
      : spaces(std::move(rules)), services{spaces, shelf, other_log != nullptr ? other_log : &log},
        rooms(limits, room_world::no_quarantine(), &services) {}
  ~history_world() { log.release(); } // a room that waits for it does not end

  static connection_id member(std::uint32_t slot = 0) { return room_world::member(0, slot); }

  static letter_ptr request(letter_kind kind, const std::string& topic, std::string_view event,
                            std::string_view payload, connection_id who, const std::string& sid = {}) {
    const protocol::message_view what{
        .ref = {protocol::ref_view::type::string, "9"}, .topic = topic, .event = event, .payload = {.bytes = payload}};
    auto mail = std::make_unique<actors::client_request>(who, protocol::message::copy_of(what));
    mail->kind = kind;
    if (!sid.empty())
      mail->who = std::make_shared<const actors::client_identity>(actors::client_identity{sid, {}});
    return mail;
  }

  void ask_to_join(const std::string& topic, std::string_view params = "{}", connection_id who = member(),
                   const std::string& sid = {}) {
    rooms.registry->post(request(letter_kind::room_join, topic, "phx_join", params, who, sid));
  }
  /// Joins; the line of the answer.
  std::string join(const std::string& topic, std::string_view params = "{}", connection_id who = member(),
                   const std::string& sid = {}) {
    ask_to_join(topic, params, who, sid);
    return next();
  }
  void push(const std::string& topic, std::string_view event, std::string_view payload = "{}",
            connection_id who = member(), const std::string& sid = {}) {
    rooms.room(topic).post(request(letter_kind::room_push, topic, event, payload, who, sid));
  }
  /// Pushes; the next line, whatever it is about.
  std::string said(const std::string& topic, std::string_view event, std::string_view payload = "{}",
                   connection_id who = member(), const std::string& sid = {}) {
    push(topic, event, payload, who, sid);
    return next();
  }
  void leave(const std::string& topic, connection_id who = member()) {
    room_world::leave(who, rooms.posts.leg(who.worker, topic));
  }
  /// From somebody who is no member; "error: …" or the JSON of the answer.
  std::future<std::string> ask(actors::room_request::order what, const std::string& topic,
                               std::string_view payload = "{}", std::string_view event = "said") {
    auto promise = std::make_shared<std::promise<std::string>>();
    auto answer = promise->get_future();
    const protocol::message_view about{.topic = topic, .event = event, .payload = {.bytes = payload}};
    rooms.registry->post(std::make_unique<actors::room_request>(
        what, protocol::message::copy_of(about), [promise](const actors::room_answer& it) {
          promise->set_value(it.error.empty() ? it.json : "error: " + it.error);
        }));
    return answer;
  }

  /// What arrives next.
  std::string next() { return next(1).back(); }
  lines next(std::size_t count) {
    const auto all = rooms.posts.events.wait_for(seen_ + count);
    if (all.size() < seen_ + count)
      throw std::runtime_error{"what the test waits for does not happen"};
    const auto from = all.begin() + static_cast<std::ptrdiff_t>(std::exchange(seen_, seen_ + count));
    return {from, from + static_cast<std::ptrdiff_t>(count)};
  }
  /// The room has handled what it was sent, and nothing else has arrived.
  bool is_silent(const std::string& topic) { return said(topic, "ping") == "0 settled ping: "; }

  fake_log log;
  history::memory_shelf shelf{1 << 20};
  actors::namespaces spaces;
  actors::room_services services;
  room_world rooms;

private:
  std::size_t seen_ = 0;
};

} // namespace lintel::testing
