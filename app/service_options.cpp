#include "app/service_options.hpp"

#include "app/json_slices.hpp"

#include <CLI/CLI.hpp>

namespace lintel::app {

namespace {

// Checked here, for the message goes into a line of JSON as it is.
std::string flaw_in_payload(const std::string& text) {
  return members_of(text) ? std::string{} : "must be a JSON object, such as '{\"body\":\"hello\"}'";
}

} // namespace

void add_service_commands(CLI::App& ctl, ctl_request& request) {
  const auto add = [&](const std::string& name, const std::string& help) {
    auto* command = ctl.add_subcommand(name, help);
    command->callback([&request, name] { request.command = name; });
    return command;
  };
  const auto add_topic = [&](CLI::App* command) {
    command->add_option("topic", request.topic, "Such as room:lobby")->required();
    return command;
  };
  auto* publish = add_topic(add("publish", "Say something in a room, without being a member"));
  publish->add_option("event", request.event, "Such as new_msg")->required();
  publish->add_option("payload", request.payload, "A JSON object")->required()->check(flaw_in_payload);
  publish->add_option("--idem", request.idem, "A retry with the same key is not published again");
  auto* history = add_topic(add("history", "What was said in a room, as far as it is kept"));
  history->add_option("--after", request.after, "Messages behind this offset, oldest first");
  history->add_option("--before", request.before, "Messages in front of this offset");
  history->add_option("--limit", request.limit, "At most so many; 100 unless told")->check(CLI::PositiveNumber);
  add_topic(add("presence", "Who is in a room"));
  add_topic(add("reset", "Forget what was said in a room; its offsets begin anew"));
  auto* disconnect = add("disconnect", "Close sockets with 1001; clients come back");
  auto* ids = disconnect->add_option("id", request.ids, "Connections (c0-17-0)");
  disconnect->add_option("--user", request.user, "All whose client named this user")->excludes(ids);
  add("drain", "Take no more connections, and close those that are open, 5,000 per second; the process goes on");
}

} // namespace lintel::app
