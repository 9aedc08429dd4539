#pragma once

#include "app/operations.hpp"

#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace lintel::app {

/// What operators see, as JSON.
using json_writer = rapidjson::Writer<rapidjson::StringBuffer>;

void put(json_writer& out, std::string_view key, std::string_view value);
void put(json_writer& out, std::string_view key, std::uint64_t value);
void write(json_writer& out, const gateway::frame_note& note);
void write(json_writer& out, const connection_view& v);
void write(json_writer& out, const whole_connection& c);
void write(json_writer& out, const std::string& id, const actor_view& v);
void write(json_writer& out, const room_view& room);
void write(json_writer& out, const std::vector<alarm_view>& alarms);
void write(json_writer& out, const tree_node& node);
/// The counts hold for all events, the list for the newest.
void write(json_writer& out, const actors::actor_events::batch& what);
void write(json_writer& out, const reload_report& report);
/// As further members of an object: `,"workers_not_answering":[1]`, or nothing.
std::string gaps_of(const operations& server);
/// A summary, and `buckets`: pairs of an upper end in ns and how many restarts took less.
void write(json_writer& out, const std::vector<actors::restart_times::bucket>& times);

} // namespace lintel::app
