#include "actors/connection_actor.hpp"

#include "tests/support/captured_log.hpp"
#include "tests/support/room_world.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include <functional>

using namespace lintel::testing;
using lintel::actors::channel;
using lintel::actors::client_request;
using lintel::actors::connection_actor;
using lintel::actors::connection_port;
using lintel::actors::connection_services;
using lintel::actors::connection_supervisor;
using lintel::actors::counter;
using lintel::actors::process_status;
using lintel::actors::session;
using lintel::protocol::close_reason;
using lines = std::vector<std::string>;

namespace {

/// The sockets, as far as a connection actor sees them: writes down what it is asked for.
struct fake_port : connection_port {
  void send(session&, lintel::protocol::encoded_frame_ptr frame) override {
    if (const auto special = std::exchange(when_sending, nullptr))
      special();
    const auto bytes = frame->bytes();
    log.add(std::string{bytes.substr(static_cast<unsigned char>(bytes[1]) < 126 ? 2 : 4)});
  }
  void close(session&, close_reason reason) override {
    log.add("close " + std::string{lintel::protocol::row_of(reason).label});
    if (when_closing)
      when_closing();
  }
  void answer_close(session&, std::uint16_t code) override {
    log.add("answer close " + std::to_string(code));
    if (when_closing)
      when_closing();
  }
  void resume_reading(session& which) override {
    which.is_reading_paused = false;
    log.add("resume reading");
  }
  lintel::actors::client_identity_ptr identity_of(const session&) const override { return nullptr; }

  journal log;
  std::function<void()> when_sending; ///< once
  std::function<void()> when_closing;
};

/// One connection on worker 0.
struct connection_world : room_world {
  explicit connection_world(lintel::actors::connection_limits limits = {})
      : supervisor_of_connections(lintel::actors::spawn_process<connection_supervisor>(
            system, std::uint16_t{0}, budget(), connection_supervisor::close_all_function{})),
        services{port, supervisor_of_connections, book, spaces, limits} {
    who.id = member(0, 7);
    actor = lintel::actors::spawn_process<connection_actor>(system, who, services);
    port.when_closing = [this] { actor->socket_closed(); };
  }
  ~connection_world() {
    port.when_closing = nullptr;
    inside(*workers[0], [this] {
      if (actor->status() != process_status::ended)
        actor->socket_closed();
      who.channels.clear();
    });
    await_end(*actor);
    const auto supervised = supervisor_of_connections;
    caf::anon_send_exit(handle_of(*supervised), caf::exit_reason::kill);
    await_end(*supervised);
  }

  static lintel::supervisors::restart_budget budget() {
    return {.count_max = 2, .window = std::chrono::hours{1}, .back_off = {std::chrono::milliseconds{0}}};
  }
  template <class Call>
  auto on_worker(Call what) {
    return inside(*workers[0], what);
  }
  void receive(const std::string& topic, const std::string& event, std::string_view ref = "9") {
    actor->post(std::make_unique<client_request>(who.id, message(topic, event, ref)));
  }
  /// Several messages and orders that are all there before the first is handled.
  void at_once(const std::function<void()>& what) { on_worker(what); }

  /// What the courier does when a join is answered.
  void admit(const room_leg_ptr& leg) {
    on_worker([&] {
      auto& c = who.channels.back();
      c.leg = leg;
      c.at = channel::phase::joined;
      actor->wake();
    });
  }
  std::string reply(std::string_view ref, std::string_view topic, std::string_view status,
                    std::string_view response = "{}") const {
    return "[null,\"" + std::string{ref} + "\",\"" + std::string{topic} + R"(","phx_reply",{"status":")" +
           std::string{status} + R"(","response":)" + std::string{response} + "}]";
  }

  fake_port port;
  lintel::actors::namespaces spaces{{{.pattern = "room:*"}}};
  process_ptr<connection_supervisor> supervisor_of_connections;
  connection_services services;
  session who;
  process_ptr<connection_actor> actor;
};

constexpr auto kill_order = control_letter::order::kill;
constexpr auto crash = control_letter::order::crash;

} // namespace

TEST_CASE("what needs no room is answered at once") {
  connection_world world;
  world.receive("phoenix", "heartbeat", "1");
  world.receive("room:a", "phx_leave", "2");
  world.receive("room:a", "new_msg", "3");
  world.receive("lobby", "phx_join", "4");
  CHECK(world.port.log.wait_for(4) == lines{world.reply("1", "phoenix", "ok"), world.reply("2", "room:a", "ok"),
                                            world.reply("3", "room:a", "error", R"({"reason":"unmatched topic"})"),
                                            world.reply("4", "lobby", "error", R"({"reason":"unmatched topic"})")});
}

TEST_CASE("a message without ref gets no answer") {
  connection_world world;
  world.receive("phoenix", "heartbeat", "");
  world.receive("room:a", "new_msg", "");
  world.receive("phoenix", "heartbeat", "1");
  CHECK(world.port.log.wait_for(1) == lines{world.reply("1", "phoenix", "ok")});
}

TEST_CASE("a push behind a join waits for its answer, with everything behind it") {
  connection_world world;
  world.receive("room:a", "phx_join", "1");
  world.receive("room:a", "ping", "2");
  world.receive("phoenix", "heartbeat", "3");
  CHECK(world.posts.events.wait_for(1) == lines{"0 joined room:a"});
  world.on_worker([] {});
  CHECK(world.actor->status() == process_status::waiting);
  CHECK(world.actor->mailbox_length() == 2);
  CHECK(world.port.log.lines().empty());
  world.admit(world.posts.leg(0, "room:a"));
  CHECK(world.posts.events.wait_for(2).back() == "0 settled ping: ");
  CHECK(world.port.log.wait_for(1) == lines{world.reply("3", "phoenix", "ok")});
}

TEST_CASE("a kill while a join is under way neither loses the join nor what waits behind it") {
  connection_world world;
  world.at_once([&] {
    world.receive("room:a", "phx_join", "1");
    world.actor->post(std::make_unique<control_letter>(kill_order));
    world.receive("room:a", "ping", "2");
  });
  world.posts.events.wait_for(1);
  world.admit(world.posts.leg(0, "room:a"));
  CHECK(world.posts.events.wait_for(2) == lines{"0 joined room:a", "0 settled ping: "});
  CHECK(world.actor->incarnation() == 2);
}

TEST_CASE("a room with too much to do refuses pushes at the door") {
  connection_world world{{.room_mailbox_max = 0}};
  world.receive("room:a", "phx_join", "1");
  world.posts.events.wait_for(1);
  world.on_worker([] {});
  world.admit(world.posts.leg(0, "room:a"));
  world.receive("room:a", "new_msg", "2");
  CHECK(world.port.log.wait_for(1) == lines{world.reply("2", "room:a", "error", R"({"reason":"overloaded"})")});
}

TEST_CASE("a push to a room that has ended is refused, a leave of it is settled") {
  connection_world world;
  world.receive("room:a", "phx_join", "1");
  world.posts.events.wait_for(1);
  world.on_worker([] {});
  world.admit(world.posts.leg(0, "room:a"));
  auto room = world.supervisor->find("room:a");
  room->post(std::make_unique<lintel::actors::retire>());
  world.await_end(*room);
  world.receive("room:a", "new_msg", "2");
  CHECK(world.port.log.wait_for(1) == lines{world.reply("2", "room:a", "error", R"({"reason":"unavailable"})")});
  world.receive("room:a", "phx_leave", "3");
  CHECK(world.posts.events.wait_for(2).back() == "0 left room:a");
}

TEST_CASE("a message that crashes the actor is answered with an error, and the next one as if nothing was") {
  connection_world world;
  world.port.when_sending = [] { throw std::runtime_error{"boom"}; };
  world.receive("phoenix", "heartbeat", "1");
  world.receive("phoenix", "heartbeat", "2");
  CHECK(world.port.log.wait_for(2) ==
        lines{world.reply("1", "phoenix", "error", R"({"reason":"crashed"})"), world.reply("2", "phoenix", "ok")});
  CHECK(world.total(counter::crashes) == 1);
}

TEST_CASE("an actor past its budget closes its one socket, and refuses what is left") {
  connection_world world;
  world.at_once([&] {
    for (int i = 0; i < 3; ++i)
      world.actor->post(std::make_unique<control_letter>(crash));
    world.receive("phoenix", "heartbeat", "1");
  });
  CHECK(world.port.log.wait_for(1) == lines{"close actor_gave_up"});
  world.await_end(*world.actor);
  CHECK(world.port.log.lines().size() == 1); // the session is over: nobody is left to answer to
  CHECK(world.total(counter::gave_up) == 1);
}

TEST_CASE("kills spend nothing of a budget") {
  connection_world world;
  for (int i = 0; i < 100; ++i)
    order(*world.actor, kill_order);
  world.receive("phoenix", "heartbeat", "1");
  CHECK(world.port.log.wait_for(1) == lines{world.reply("1", "phoenix", "ok")});
  CHECK(world.actor->incarnation() == 101);
}

TEST_CASE("an answer that ends the session ends the actor: nothing behind it is handled") {
  connection_world world;
  world.port.when_sending = [&] { world.actor->socket_closed(); };
  world.at_once([&] {
    world.receive("phoenix", "heartbeat", "1");
    world.receive("phoenix", "heartbeat", "2");
    world.actor->post(std::make_unique<control_letter>(crash));
    world.receive("phoenix", "heartbeat", "3");
  });
  world.await_end(*world.actor);
  CHECK(world.port.log.lines() == lines{world.reply("1", "phoenix", "ok")});
}

TEST_CASE("a refusal that ends the session ends the actor without a verdict") {
  connection_world world;
  world.port.when_sending = [&] {
    world.port.when_sending = [&] { world.actor->socket_closed(); };
    throw std::runtime_error{"boom"};
  };
  world.receive("phoenix", "heartbeat", "1");
  world.await_end(*world.actor);
  CHECK(world.port.log.lines().size() == 1);
}

TEST_CASE("a full window opens at half, not before") {
  connection_world world{{.inbound_window = 4}};
  world.at_once([&] {
    world.who.is_reading_paused = true;
    for (const auto* ref : {"1", "2", "3", "4"})
      world.receive("phoenix", "heartbeat", ref);
  });
  const auto seen = world.port.log.wait_for(5);
  CHECK(seen[2] == "resume reading");
  CHECK(std::ranges::count(seen, "resume reading") == 1);
}

TEST_CASE("a window whose last message is followed by kills opens all the same") {
  connection_world world{{.inbound_window = 1}};
  world.at_once([&] {
    world.who.is_reading_paused = true;
    world.receive("phoenix", "heartbeat", "1");
    world.actor->post(std::make_unique<control_letter>(kill_order));
  });
  CHECK(world.port.log.wait_for(2) == lines{world.reply("1", "phoenix", "ok"), "resume reading"});
}

TEST_CASE("an actor has the name of its connection, and one without a socket says so") {
  connection_world world;
  CHECK(world.on_worker([&] { return world.actor->name(); }) == "c0-7-0");
  world.on_worker([&] { world.actor->socket_closed(); });
  world.await_end(*world.actor);
  CHECK(world.actor->name() == "a closed connection");
}

TEST_CASE("a letter that no connection expects is counted") {
  connection_world world;
  world.actor->post(std::make_unique<lintel::actors::retire>());
  world.receive("phoenix", "heartbeat", "1");
  world.port.log.wait_for(1);
  CHECK(world.total(counter::unhandled) == 1);
}

TEST_CASE("the report of a crash names the request by its trace, and tells nothing of what was said") {
  connection_world world;
  captured_log log;
  world.port.when_sending = [] { throw std::runtime_error{"the port broke"}; };
  const auto request = lintel::protocol::message::copy_of({.ref = {lintel::protocol::ref_view::type::string, "1"},
                                                           .topic = "phoenix",
                                                           .event = "heartbeat",
                                                           .payload = {.bytes = R"({"password":"MARKER-5f1d"})"}});
  world.actor->post(std::make_unique<client_request>(world.who.id, request));
  CHECK(world.port.log.wait_for(1) == lines{world.reply("1", "phoenix", "error", R"({"reason":"crashed"})")});
  settle(*world.workers[0]);
  CHECK(log.text().starts_with("exit actor=c0-7-0 incarnation=1 reason=\"the port broke\" during=inbound_frame"));
  CHECK(log.text().find(fmt::format(" restarts_left=1 next=restart trace={:016x}\n",
                                    lintel::actors::trace_of(world.who.id, request->view()))) != std::string::npos);
  CHECK(log.text().find("MARKER") == std::string::npos);
}
