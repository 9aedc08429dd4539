#pragma once

#include "gateway/http_request.hpp"

#include <optional>
#include <string_view>

namespace lintel::app {

struct server_parts;

/// /healthz (the process answers), /readyz (it takes connections), the observatory at /, the chat at /chat.
gateway::http_page page_at(std::string_view path, bool is_ready);

/// /metrics for Prometheus. Any worker. Beyond loopback it takes a viewer's key.
gateway::http_page metrics_page(const gateway::credentials& shown, server_parts& parts);

/// /session: what may somebody do who shows this? A one-time link is used up, and answered with a key.
gateway::http_page session_page(const gateway::credentials& shown, server_parts& parts);

/// DELETE /session: the key that is shown is forgotten, if it came from a link. Nothing: another path.
std::optional<gateway::http_page> forget_page(std::string_view path, const gateway::credentials& shown,
                                              server_parts& parts);

} // namespace lintel::app
