#include "app/strike_commands.hpp"

#include "app/audit.hpp"
#include "app/request_refused.hpp"

#include <algorithm>
#include <string>
#include <vector>

namespace lintel::app {

using actors::counter;
using rapidjson::Value;
using order = operations::order;

namespace {

constexpr std::uint32_t kills_per_second_max = 100'000;

std::vector<std::string> names_in(const Value& request) {
  std::vector<std::string> names;
  if (const auto id = request.FindMember("id"); id != request.MemberEnd() && id->value.IsString())
    names.emplace_back(id->value.GetString());
  if (const auto ids = request.FindMember("ids"); ids != request.MemberEnd() && ids->value.IsArray())
    for (const auto& id : ids->value.GetArray()) {
      if (!id.IsString())
        throw bad_request{"\"ids\" must be an array of strings"};
      names.emplace_back(id.GetString());
    }
  return names;
}

std::size_t strike_named(operations& server, order what, const std::vector<std::string>& names,
                         actors::stall_plan how = {}) {
  const auto unknown = server.strike(what, names, how);
  if (unknown.size() == names.size() && !server.missing().empty())
    throw request_refused{504, "timeout",
                          "worker " + std::to_string(server.missing().front()) +
                              " does not answer; the order is carried out once it does, if " + unknown.front() +
                              " is there"};
  if (unknown.size() == names.size()) {
    auto text = "no such actor: " + unknown.front();
    if (unknown.size() > 1)
      text += " and " + std::to_string(unknown.size() - 1) + " more";
    throw not_found{text + "; `tree`, `connections` and `rooms` list those that live"};
  }
  return names.size() - unknown.size();
}

std::size_t strike_group(operations& server, order what, std::string_view group) {
  if (group == "connections")
    return server.strike_all_connections(what);
  if (group == "rooms")
    return server.strike_all_rooms(what);
  throw bad_request{"\"all\" must be \"connections\" or \"rooms\""};
}

struct struck {
  std::string whom; ///< for the log
  std::size_t count = 0;
};

struck strike_those(operations& server, const Value& request, order what) {
  if (const auto all = request.FindMember("all"); all != request.MemberEnd() && all->value.IsString())
    return {"all " + std::string{all->value.GetString()}, strike_group(server, what, all->value.GetString())};
  if (const auto random = request.FindMember("random"); random != request.MemberEnd()) {
    if (!random->value.IsUint64())
      throw bad_request{"\"random\" must be a number of connections"};
    const auto count = random->value.GetUint64();
    return {"random " + std::to_string(count), server.strike_random_connections(what, count)};
  }
  const auto names = names_in(request);
  if (names.empty())
    throw bad_request{"whom? Give \"id\", \"ids\", \"random\" or \"all\""};
  return {first_of(names), strike_named(server, what, names)};
}

// Opens the account and writes the line, if anything was or will be done: an order for a worker that does not answer is
// carried out later.
template <class Order>
struck carry_out(operations& server, std::string_view action, std::string_view asker, const Value& request,
                 Order order_it) {
  const auto before = server.chaos_totals();
  try {
    auto done = order_it();
    if (done.count > 0)
      server.open_chaos_account(before);
    audit(action, done.whom, done.count, asker);
    return done;
  } catch (const request_refused& why) {
    if (why.status == 504) {
      server.open_chaos_account(before);
      audit(action, first_of(names_in(request)) + ", once its worker answers", 0, asker);
    }
    throw;
  }
}

void strike(json_writer& out, operations& server, const Value& request, std::string_view asker, order what) {
  const auto* const action = what == order::kill ? "kill" : "crash";
  const auto done = carry_out(server, action, asker, request, [&] { return strike_those(server, request, what); });
  out.StartObject();
  put(out, what == order::kill ? "killed" : "crashed", done.count);
  out.EndObject();
}

bool is_set(const Value& request, const char* flag) {
  const auto found = request.FindMember(flag);
  return found != request.MemberEnd() && found->value.IsBool() && found->value.GetBool();
}

} // namespace

void kill(json_writer& out, operations& server, const Value& request, std::string_view asker) {
  strike(out, server, request, asker, order::kill);
}

void crash(json_writer& out, operations& server, const Value& request, std::string_view asker) {
  strike(out, server, request, asker, order::crash);
}

void stall(json_writer& out, operations& server, const Value& request, std::string_view asker) {
  if (!server.is_chaos_enabled())
    throw bad_request{"stall is for experiments: this server was started without --enable-chaos"};
  const auto length = request.FindMember("for_ms");
  if (length == request.MemberEnd() || !length->value.IsUint() || length->value.GetUint() == 0)
    throw bad_request{"for how long? Give \"for_ms\", a number of milliseconds"};
  const auto names = names_in(request);
  if (names.empty())
    throw bad_request{"whom? Give \"id\" or \"ids\""};
  const actors::stall_plan how{.length = std::chrono::milliseconds{length->value.GetUint()},
                               .is_busy = is_set(request, "busy"),
                               .is_for_next = is_set(request, "next")};
  const auto done = carry_out(server, "stall", asker, request, [&] {
    return struck{first_of(names), strike_named(server, order::stall, names, how)};
  });
  out.StartObject();
  put(out, "stalled", done.count);
  out.EndObject();
}

void poison(json_writer& out, operations& server, const Value& request, std::string_view asker) {
  if (!server.is_chaos_enabled())
    throw bad_request{"poison is for experiments: this server was started without --enable-chaos"};
  const auto names = names_in(request);
  if (names.empty())
    throw bad_request{"whom? Give \"id\" or \"ids\""};
  const actors::stall_plan how{.is_for_next = true, .is_poison = true};
  const auto done = carry_out(server, "poison", asker, request, [&] {
    return struck{first_of(names), strike_named(server, order::stall, names, how)};
  });
  out.StartObject();
  put(out, "poisoned", done.count);
  out.EndObject();
}

void chaos(json_writer& out, operations& server, const Value& request, std::string_view asker) {
  if (const auto rate = request.FindMember("rate"); rate != request.MemberEnd()) {
    if (!rate->value.IsUint() || rate->value.GetUint() > kills_per_second_max)
      throw bad_request{"\"rate\" must be a whole number of kills per second, at most 100,000; 0 stops"};
    server.set_chaos_rate(rate->value.GetUint(), asker);
    audit("chaos", "random connections per second", rate->value.GetUint(), asker);
  }
  if (is_set(request, "reset")) {
    server.close_chaos_account();
    audit("chaos_reset", "account", 1, asker);
  }
  write_chaos(out, server);
}

void write_chaos(json_writer& out, const operations& server) {
  using std::chrono::milliseconds;
  out.StartObject();
  put(out, "rate", server.chaos_rate());
  const auto found = server.chaos_so_far();
  out.Key("began_at_ms");
  if (!found) {
    out.Null();
    out.EndObject();
    return;
  }
  out.Int64(std::chrono::floor<milliseconds>(found->began.time_since_epoch()).count());
  // Whoever is abandoned counts as crashed, too, when it goes on; here each is one thing.
  const auto abandoned = found->of(counter::abandoned);
  put(out, name_of(counter::crashes), found->of(counter::crashes) - std::min(abandoned, found->of(counter::crashes)));
  for (const auto which : {counter::kills, counter::restarts, counter::gave_up, counter::abandoned,
                           counter::sockets_closed_by_server, counter::messages_in, counter::deliveries})
    put(out, name_of(which), found->of(which));
  out.Key("closed");
  out.StartObject();
  for (auto i = static_cast<std::size_t>(counter::closed_idle);
       i <= static_cast<std::size_t>(counter::closed_slow_consumer); ++i)
    if (const auto which = static_cast<counter>(i); found->of(which) > 0)
      put(out, name_of(which).substr(std::string_view{"closed_"}.size()), found->of(which));
  out.EndObject();
  out.Key("recovery");
  write(out, found->restarts);
  out.EndObject();
}

} // namespace lintel::app
