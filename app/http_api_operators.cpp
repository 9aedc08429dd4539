// What the HTTP API asks all workers: the commands of the control socket, on the desk's thread.

#include "app/control_commands.hpp"
#include "app/http_api.hpp"
#include "app/json_slices.hpp"
#include "app/json_views.hpp"
#include "app/request_refused.hpp"
#include "gateway/query_string.hpp"
#include "protocol/transcode.hpp"

#include <algorithm>
#include <charconv>
#include <initializer_list>

namespace lintel::app {

using gateway::api_request;
using gateway::http_page;

namespace {

constexpr std::size_t connections_by_default = 1000;
constexpr std::size_t connections_max = 10'000; // 3 MB of JSON

std::string command(std::string_view name, std::string_view more_members = {}) {
  return std::string{R"({"command":")"}.append(name).append("\"").append(more_members).append("}");
}

// The members of a request's body that a command takes, as they came.
std::string members_in(const api_request& request, std::initializer_list<std::string_view> known) {
  const auto members = members_of(request.body);
  if (!members)
    throw bad_request{"a JSON object is needed, in UTF-8, with no member twice"};
  std::string out;
  for (const auto& member : *members) {
    if (std::ranges::find(known, member.key) == known.end())
      throw bad_request{"unknown member; GET /api/v1/openapi.yaml says which there are"};
    out.append(",\"").append(member.key).append("\":").append(member.value);
  }
  return out;
}

} // namespace

std::optional<http_page> http_api::run(const api_request& request, std::string command_text) {
  const bool is_taken = desk_.ask([this, to = request.from, source = "HTTP API " + request.peer,
                                   text = std::move(command_text)](operations& server) {
    try {
      const auto json = command_result(server, text, source);
      send(to, result_page(json, gaps_of(server)));
    } catch (const request_refused& why) {
      send(to, refusal_page(why));
    } catch (const std::exception& problem) { // the next question is another one's
      send(to, refusal_page({500, "internal", problem.what()}));
    }
  });
  if (!is_taken)
    throw overloaded{"too many operators ask"};
  return std::nullopt;
}

std::optional<http_page> http_api::rooms(const api_request& request) { return run(request, command("rooms")); }

std::optional<http_page> http_api::connections(const api_request& request) {
  std::size_t limit = connections_by_default;
  if (const auto text = gateway::query_value(request.query, "limit")) {
    const auto* const end = text->data() + text->size();
    const auto read = std::from_chars(text->data(), end, limit);
    if (read.ec != std::errc{} || read.ptr != end || limit > connections_max)
      throw bad_request{"\"limit\" must be a number up to " + std::to_string(connections_max)};
  }
  return run(request, command("connections", R"(,"limit":)" + std::to_string(limit)));
}

std::optional<http_page> http_api::connection(const api_request& request) {
  const auto id = actors::parse_connection_id(std::string_view{request.path}.substr(request.path.rfind('/') + 1));
  if (!id)
    throw not_found{"no connection has such an id; /api/v1/connections lists those that are open"};
  return run(request, command("connection", R"(,"id":")" + to_string(*id) + '"'));
}

std::optional<http_page> http_api::disconnect(const api_request& request) {
  return run(request, command("disconnect", members_in(request, {"id", "ids", "user"})));
}

std::optional<http_page> http_api::kill(const api_request& request) {
  return run(request, command("kill", members_in(request, {"id", "ids", "random", "all"})));
}

std::optional<http_page> http_api::drain(const api_request& request) { return run(request, command("drain")); }

} // namespace lintel::app
