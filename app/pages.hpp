#pragma once

#include "gateway/http_request.hpp"

#include <string_view>

namespace lintel::app {

/// /healthz (the process answers), /readyz (it takes connections) and a page at / that says what to do next.
gateway::http_page page_at(std::string_view path, bool is_ready);

} // namespace lintel::app
