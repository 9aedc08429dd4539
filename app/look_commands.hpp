#pragma once

#include "app/json_views.hpp"

#include <rapidjson/document.h>

#include <string_view>

namespace lintel::app {

/// Some of the children of a group of the tree, which may be a million: {"group":"connections/0","limit":50,"seed":7}.
/// The same seed shows the same connections as long as they are there. Of rooms: the largest. Throws request_refused.
void sample(json_writer& out, operations& server, const rapidjson::Value& request, std::string_view asker);

/// Connections by id, by user or by room, and rooms by a part of their topic: {"text":"lobby","limit":50}. Throws
/// request_refused.
void search(json_writer& out, operations& server, const rapidjson::Value& request, std::string_view asker);

} // namespace lintel::app
