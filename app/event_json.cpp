#include "app/event_json.hpp"

#include "protocol/transcode.hpp"

namespace lintel::app {

namespace {

std::string_view name_of(actors::actor_event::kind what) {
  switch (what) {
  case actors::actor_event::kind::spawn: return "spawn";
  case actors::actor_event::kind::restart: return "restart";
  case actors::actor_event::kind::exit: return "exit";
  }
  return "?";
}

void append(std::string& out, const actors::actor_event& event) {
  out.append(R"({"event":")").append(name_of(event.what)).append(R"(","id":)");
  protocol::append_json_string(out, event.name);
  out.append(R"(,"incarnation":)").append(std::to_string(event.incarnation));
  if (!event.why.empty()) {
    out.append(R"(,"reason":)");
    protocol::append_json_string(out, event.why);
  }
  out.push_back('}');
}

} // namespace

std::string json_of(const actors::actor_events::batch& what) {
  std::string out = R"({"spawned":)" + std::to_string(what.spawned) + R"(,"restarted":)" +
                    std::to_string(what.restarted) + R"(,"exited":)" + std::to_string(what.ended) + R"(,"events":[)";
  for (std::size_t i = 0; i < what.events.size(); ++i) {
    if (i > 0)
      out.push_back(',');
    append(out, what.events[i]);
  }
  return out.append("]}");
}

} // namespace lintel::app
