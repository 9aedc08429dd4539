#pragma once

#include "gateway/http_request.hpp"
#include "gateway/origin.hpp"
#include "gateway/request_head.hpp"

#include <string_view>

namespace lintel::gateway {

/// Of "Authorization: Bearer TOKEN", in any case (RFC 6750 2.1); empty: there is none.
std::string_view bearer_token(std::string_view authorization);

reach reach_of(const gateway_config& config);

/// A request below /api/ whose head is read.
struct api_target {
  std::string_view path;
  std::string_view query;
  std::string_view behind_head; ///< what is here of the body, and of the next request
};

/// A question for the application once the body is here; until then a refusal, or a wait.
http_outcome take_api_request(const request_head& r, const api_target& what, const http_routes& routes);

} // namespace lintel::gateway
