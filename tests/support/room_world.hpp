#pragma once

#include "actors/address_book.hpp"
#include "actors/messages.hpp"
#include "actors/room_actor.hpp"
#include "actors/room_registry.hpp"
#include "actors/room_supervisor.hpp"
#include "tests/support/probe.hpp"
#include "tests/unit/protocol/wire_bytes.hpp"

#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>

#include <algorithm>
#include <map>
#include <mutex>
#include <string>
#include <vector>

namespace lintel::testing {

using actors::connection_id;
using actors::room_leg_ptr;

/// What arrived at the couriers, as lines: "0 joined room:a", "1 refused room:a: room is full", "0 broadcast room:a",
/// "0 broadcast room:a +answer", "0 left room:a", "0 gone room:a", "0 settled ping: ",
/// "0 joined room:a +presence_state", "0 presence_diff room:a". Where history is kept, with offsets and responses:
/// "0 joined room:a {"stream":...} @4 @5", "0 broadcast room:a @6 +answer {"offset":6}".
class post_office {
public:
  void take(std::size_t worker, const letter& mail) {
    auto line = std::to_string(worker) + " ";
    switch (mail.kind) {
    case letter_kind::join_settled: {
      const auto& it = static_cast<const actors::join_settled&>(mail);
      const std::string topic{it.request->view().topic};
      if (it.leg)
        note_leg(worker, topic, it.leg);
      line += it.leg ? "joined " + topic : "refused " + topic + ": " + std::string{it.reason};
      line += with_space(it.response);
      for (const auto& missed : it.missed)
        line += " @" + std::to_string(missed.offset);
      for (const auto& news : it.present)
        line += " +" + std::string{news.event};
      break;
    }
    case letter_kind::room_delivery: {
      const auto& it = static_cast<const actors::room_delivery&>(mail);
      for (const auto wire :
           {protocol::wire_format::json_v2, protocol::wire_format::json_v1, protocol::wire_format::msgpack})
        (void)it.broadcast->frame(wire); // as if its members spoke all of them
      line += (it.is_presence ? presence_event_in(*it.broadcast) : "broadcast") + " " + it.leg->topic +
              offset_of(*it.broadcast) + (it.answered ? " +answer" : "") + with_space(it.response);
      break;
    }
    case letter_kind::leave_settled:
      line += "left " + static_cast<const actors::leave_settled&>(mail).leg->topic;
      break;
    case letter_kind::request_settled: {
      const auto& it = static_cast<const actors::request_settled&>(mail);
      line += "settled " + std::string{it.request->view().event} + ": " + std::string{it.reason} + it.response;
      break;
    }
    case letter_kind::stream_reset: line += "reset " + static_cast<const actors::stream_reset&>(mail).leg->topic; break;
    case letter_kind::room_gone: line += "gone " + static_cast<const actors::room_gone&>(mail).leg->topic; break;
    default: line += "?";
    }
    events.add(std::move(line));
  }

  /// The leg that the last join of the topic on that worker was admitted to.
  room_leg_ptr leg(std::size_t worker, const std::string& topic) {
    std::lock_guard lock{mutex_};
    return legs_[{worker, topic}];
  }
  void forget_legs() {
    std::lock_guard lock{mutex_};
    legs_.clear();
  }

  journal events;

private:
  static std::string presence_event_in(const protocol::broadcast& news) {
    const auto frame = news.frame(protocol::wire_format::json_v2);
    const auto from = frame->bytes().substr(frame->bytes().find("presence_"));
    return std::string{from.substr(0, from.find('"'))};
  }
  static std::string with_space(const std::string& response) { return response.empty() ? "" : " " + response; }
  /// " @5", or nothing for one that has none.
  static std::string offset_of(const protocol::broadcast& message) {
    const auto frame = message.frame(protocol::wire_format::json_v2, protocol::offset_style::offsets);
    const auto text = protocol::test::payload_of(*frame);
    constexpr std::string_view before = R"([null,"@)";
    if (!text.starts_with(before))
      return "";
    return " @" + std::string{text.substr(before.size(), text.find('"', before.size()) - before.size())};
  }
  void note_leg(std::size_t worker, const std::string& topic, const room_leg_ptr& leg) {
    std::lock_guard lock{mutex_};
    legs_[{worker, topic}] = leg;
  }

  std::mutex mutex_;
  std::map<std::pair<std::size_t, std::string>, room_leg_ptr> legs_;
};

/// Rooms, their supervisor and registry on two workers, with couriers that only write down what they get.
struct room_world : process_system {
  static constexpr std::uint32_t crashes_max = 2;

  /// A room that is over may start again at once, unless a test says otherwise.
  static actors::room_protection no_quarantine() {
    return {.storm = {}, .quarantine = {.cool_down = std::chrono::nanoseconds{1}}};
  }

  explicit room_world(actors::room_limits limits = {}, actors::room_protection protection = no_quarantine(),
                      const actors::room_services* services = nullptr)
      : book(2) {
    if (services != nullptr)
      book.set_rooms(*services);
    const supervisors::restart_budget budget{
        .count_max = crashes_max, .window = std::chrono::hours{1}, .back_off = {std::chrono::milliseconds{0}}};
    for (std::uint16_t i = 0; i < 2; ++i) {
      script what;
      what.handle = [this, i](probe&, letter_ptr& mail) {
        posts.take(i, *mail);
        return handled::done;
      };
      couriers.push_back(spawn(std::move(what), i));
      book.set_courier(i, couriers.back());
      workers.push_back(spawn({}, i));
    }
    supervisor =
        actors::spawn_process<actors::room_supervisor>(system, std::uint16_t{0}, budget, limits, book, protection);
    registry = actors::spawn_process<actors::room_registry>(
        system, std::vector<process_ptr<actors::room_supervisor>>{supervisor}, book, budget);
    book.set_registry(registry);
  }

  // Rooms and their supervisor hold each other; an ordered end lets go. Everybody has ended before anything that
  // they use is destroyed.
  ~room_world() {
    std::vector<process_ptr<light_process>> all;
    for (const auto& room : supervisor->rooms())
      all.emplace_back(room);
    all.emplace_back(supervisor);
    end_all(all, caf::exit_reason::user_shutdown);
    all.assign({registry});
    all.insert(all.end(), couriers.begin(), couriers.end());
    all.insert(all.end(), workers.begin(), workers.end());
    end_all(all, caf::exit_reason::kill);
    posts.forget_legs();
  }

  static connection_id member(std::uint16_t worker, std::uint32_t slot = 0) {
    return {.slot = slot, .generation = 0, .worker = worker};
  }
  static protocol::message_ptr message(const std::string& topic, const std::string& event, std::string_view ref = "9") {
    protocol::ref_view own;
    if (!ref.empty())
      own = {protocol::ref_view::type::string, ref};
    return protocol::message::copy_of({.ref = own, .topic = topic, .event = event});
  }
  static letter_ptr join_letter(connection_id who, const std::string& topic, bool is_member_already = false) {
    auto mail = std::make_unique<actors::client_request>(who, message(topic, "phx_join"));
    mail->kind = letter_kind::room_join;
    mail->is_member_already = is_member_already;
    return mail;
  }
  static letter_ptr push_letter(connection_id who, const std::string& topic, const std::string& event,
                                std::string_view ref = "9") {
    auto mail = std::make_unique<actors::client_request>(who, message(topic, event, ref));
    mail->kind = letter_kind::room_push;
    return mail;
  }

  void ask_to_join(connection_id who, const std::string& topic, bool is_member_already = false) {
    registry->post(join_letter(who, topic, is_member_already));
  }
  /// Joins and waits for the answer.
  room_leg_ptr join(connection_id who, const std::string& topic) {
    const auto before = posts.events.lines().size();
    ask_to_join(who, topic);
    posts.events.wait_for(before + 1);
    return posts.leg(who.worker, topic);
  }
  static void leave(connection_id who, const room_leg_ptr& leg) {
    leg->room->post(std::make_unique<actors::room_leave>(who, leg, message(leg->topic, "phx_leave")));
  }
  actors::room_actor& room(const std::string& topic) const { return *supervisor->find(topic); }

  /// Nothing runs while this lives: both workers are inside a handler.
  class standstill {
  public:
    explicit standstill(room_world& world) {
      for (auto& p : world.workers)
        p->post(std::make_unique<actors::worker_call>([gates = gates_] {
          gates->began.arrive();
          (void)gates->go_on.wait();
        }));
      (void)gates_->began.wait();
    }
    ~standstill() { gates_->go_on.arrive(); }
    standstill(const standstill&) = delete;
    standstill& operator=(const standstill&) = delete;

  private:
    struct state { // the handlers may still be on their way out when we are gone
      gate began{2}, go_on;
    };
    const std::shared_ptr<state> gates_ = std::make_shared<state>();
  };

  /// Waits until a process is over.
  void await_end(light_process& process) {
    caf::scoped_actor self{system};
    self->monitor(handle_of(process));
    bool is_over = false;
    self->receive([&](const caf::down_msg&) { is_over = true; }, caf::after(patience) >> [] {});
    if (!is_over)
      throw std::runtime_error{"it does not end"};
  }

  void end_all(const std::vector<process_ptr<light_process>>& all, caf::exit_reason how) {
    caf::scoped_actor self{system};
    for (const auto& process : all) {
      self->monitor(handle_of(*process));
      caf::anon_send_exit(handle_of(*process), how);
    }
    for (std::size_t i = 0; i < all.size(); ++i)
      self->receive([](const caf::down_msg&) {}, caf::after(patience) >> [] {});
  }

  actors::address_book book;
  post_office posts;
  std::vector<probe_ptr> couriers, workers;
  process_ptr<actors::room_supervisor> supervisor;
  process_ptr<actors::room_registry> registry;
};

} // namespace lintel::testing
