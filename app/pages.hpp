#pragma once

#include "gateway/http_request.hpp"

#include <string_view>

namespace lintel::app {

struct server_parts;

/// /healthz (the process answers), /readyz (it takes connections), /metrics for Prometheus, and a page at / that says
/// what to do next. Any worker. Beyond loopback, /metrics takes a viewer's key.
gateway::http_page page_at(std::string_view path, const gateway::credentials& shown, server_parts& parts);

} // namespace lintel::app
