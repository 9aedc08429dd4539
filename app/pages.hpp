#pragma once

#include "gateway/http_request.hpp"

#include <string_view>

namespace lintel::app {

struct server_parts;

/// /healthz (the process answers), /readyz (it takes connections) and a page at / that says what to do next.
gateway::http_page page_at(std::string_view path, bool is_ready);

/// /metrics for Prometheus. Any worker. Beyond loopback it takes a viewer's key.
gateway::http_page metrics_page(const gateway::credentials& shown, server_parts& parts);

} // namespace lintel::app
