#pragma once

#include "app/json_views.hpp"

#include <rapidjson/document.h>

#include <string_view>

namespace lintel::app {

/// The commands that do harm. Each leaves a line in the log: who, what, to whom, how many.
///
/// `asker`: "control socket", or the id of the connection that an admin pushed on. Throws request_refused.
void kill(json_writer& out, operations& server, const rapidjson::Value& request, std::string_view asker);
void crash(json_writer& out, operations& server, const rapidjson::Value& request, std::string_view asker);
void stall(json_writer& out, operations& server, const rapidjson::Value& request, std::string_view asker);
/// The next message of each has a handler that throws.
void poison(json_writer& out, operations& server, const rapidjson::Value& request, std::string_view asker);
/// Kills at a rate from now on ({"rate":100}; 0 stops), or opens a new account ({"reset":true}), or only tells.
void chaos(json_writer& out, operations& server, const rapidjson::Value& request, std::string_view asker);

/// What was killed since somebody began, and what came of it.
void write_chaos(json_writer& out, const operations& server);

} // namespace lintel::app
