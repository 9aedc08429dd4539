#include "app/http_api.hpp"

#include "app/openapi.hpp"
#include "app/request_refused.hpp"

#include <algorithm>
#include <array>

namespace lintel::app {

using actors::role;
using gateway::api_error;
using gateway::api_request;
using gateway::http_page;

namespace {

constexpr std::string_view id_segment = "{id}";

bool matches(std::string_view pattern, std::string_view path) {
  if (!pattern.ends_with(id_segment))
    return pattern == path;
  const auto base = pattern.substr(0, pattern.size() - id_segment.size());
  return path.size() > base.size() && path.starts_with(base) && path.find('/', base.size()) == std::string_view::npos;
}

// RFC 9110 8.3: parameters may follow.
bool is_json(std::string_view content_type) {
  constexpr std::string_view json = "application/json";
  const auto type = content_type.substr(0, content_type.find_first_of("; \t"));
  return std::ranges::equal(type, json, [](char a, char b) { return (a >= 'A' && a <= 'Z' ? a - 'A' + 'a' : a) == b; });
}

std::string allowed_at(std::string_view path) {
  std::string methods;
  for (const auto& route : http_api::routes())
    if (matches(route.path, path))
      methods.append(route.method).append(route.method == "GET" ? ", HEAD, " : ", ");
  return methods.empty() ? methods : "Allow: " + methods + "OPTIONS\r\n";
}

} // namespace

std::span<const http_api::route> http_api::routes() noexcept {
  static constexpr std::array table{
      route{"POST", "/api/v1/publish", role::admin, &http_api::publish},
      route{"POST", "/api/v1/broadcast", role::admin, &http_api::broadcast},
      route{"GET", "/api/v1/history", role::viewer, &http_api::history},
      route{"DELETE", "/api/v1/history", role::admin, &http_api::reset},
      route{"GET", "/api/v1/presence", role::viewer, &http_api::presence},
      route{"GET", "/api/v1/rooms", role::viewer, &http_api::rooms},
      route{"GET", "/api/v1/connections", role::viewer, &http_api::connections},
      route{"GET", "/api/v1/connections/{id}", role::viewer, &http_api::connection},
      route{"POST", "/api/v1/disconnect", role::admin, &http_api::disconnect},
      route{"POST", "/api/v1/kill", role::admin, &http_api::kill},
      route{"POST", "/api/v1/drain", role::admin, &http_api::drain},
      route{"GET", "/api/v1/openapi.yaml", role::none, &http_api::description},
  };
  return table;
}

std::optional<http_page> http_api::take(api_request request) {
  try {
    return answer_of(request);
  } catch (const request_refused& why) {
    return refusal_page(why);
  }
}

std::optional<http_page> http_api::answer_of(const api_request& request) {
  const auto found = std::ranges::find_if(
      routes(), [&](const route& each) { return each.method == request.method && matches(each.path, request.path); });
  const auto needed = found == routes().end() ? role::viewer : found->may;
  const auto allowed = allowed_at(request.path);
  if (request.method == "OPTIONS" && !allowed.empty())
    return http_page{.status = 204, .content_type = {}, .headers = allowed};
  if (request.may == role::none && needed != role::none)
    return gateway::api_unauthorized();
  if (allowed.empty())
    return api_error(404, "not_found", "there is nothing here; GET /api/v1/openapi.yaml says what there is");
  if (found == routes().end())
    return api_error(405, "method_not_allowed", "not with this method", allowed);
  if (request.may < needed)
    return api_error(403, "forbidden", "this takes the key of an admin");
  if (!request.body.empty() && request.method != "GET" && !is_json(request.content_type))
    return api_error(415, "unsupported_media_type", "Content-Type must be application/json");
  return (this->*found->answer)(request);
}

std::optional<http_page> http_api::description(const api_request&) {
  return http_page{.content_type = "application/yaml; charset=utf-8", .body = std::string{openapi_text()}};
}

http_page http_api::result_page(std::string_view json, std::string_view more_members) {
  http_page page{.content_type = "application/json"};
  page.body.append(R"({"result":)").append(json).append(more_members).append("}");
  return page;
}

http_page http_api::refusal_page(const request_refused& why) {
  const bool passes = why.status == 429 || why.status == 503;
  return api_error(why.status, why.code, why.what(), passes ? "Retry-After: 1\r\n" : "");
}

// The connection may be gone by then, or tired of waiting: then nobody reads it.
void http_api::send(const actors::connection_id& to, http_page answer) {
  parts_.book.courier(to.worker).post(std::make_unique<actors::worker_call>(
      [to, answer = std::move(answer), sockets = parts_.sockets[to.worker]] { sockets->answer(to, answer); }));
}

} // namespace lintel::app
