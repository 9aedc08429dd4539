#pragma once

#include "app/json_views.hpp"

#include <rapidjson/document.h>

#include <string_view>

namespace lintel::app {

/// The commands that reach clients: publish, history, presence, reset, disconnect, drain. False: `request` is another
/// one, or none. `text` is what it was read from: payloads are passed on byte by byte. `asker` is for the log, where
/// reset, disconnect and drain leave a line. Throws request_refused.
bool run_service_command(json_writer& out, operations& server, const rapidjson::Document& request,
                         std::string_view text, std::string_view asker);

} // namespace lintel::app
