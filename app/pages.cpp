#include "app/pages.hpp"

#include "app/metrics.hpp"
#include "app/server_parts.hpp"
#include "app/static_files.hpp"
#include "gateway/listening_socket.hpp"

#include <spdlog/spdlog.h>

namespace lintel::app {

namespace {

constexpr std::string_view plain_text = "text/plain; charset=utf-8";
constexpr std::string_view never_stored = "Cache-Control: no-store\r\nReferrer-Policy: no-referrer\r\n";

constexpr std::string_view without_pages = R"(Lintel is running.

This build has no pages: npm was not there when it was built. Install nodejs and npm, and build again: script/build

WebSockets are at /socket/websocket. To look at the actors and kill some:
  lintel ctl top
  lintel ctl kill --random 100
)";

gateway::http_page text_page(unsigned status, std::string_view text) {
  return {status, std::string{plain_text}, std::string{text}};
}

gateway::http_page json_page(unsigned status, std::string text) {
  return {status, "application/json", std::move(text), std::string{never_stored}};
}

std::string session_json(actors::role may, std::string_view key, const server_parts& parts) {
  std::string out = R"({"role":")" + std::string{name_of(may)} + '"';
  if (!key.empty())
    out.append(R"(,"key":")").append(key).append("\""); // of letters that need no escape
  out.append(R"(,"chaos_enabled":)").append(parts.config.is_chaos_enabled ? "true" : "false");
  out.append(R"(,"workers":)").append(std::to_string(parts.workers()));
  return out + '}';
}

} // namespace

gateway::http_page metrics_page(const gateway::credentials& shown, server_parts& parts) {
  if (!gateway::is_loopback(parts.config.gateway.host) && parts.role_of(shown) < actors::role::viewer)
    return text_page(401, "metrics need a key: Authorization: Bearer KEY, as `lintel token --role viewer` prints it\n");
  return {200, "text/plain; version=0.0.4; charset=utf-8", prometheus_text(read_metrics(parts))};
}

// A GET that changes something: the header keeps out whoever only follows or fetches links ahead, and other origins,
// whose browsers would have to ask for permission first.
gateway::http_page session_page(const gateway::credentials& shown, server_parts& parts) {
  if (const auto may = parts.role_of(shown); may >= actors::role::viewer)
    return json_page(200, session_json(may, {}, parts));
  if (const auto made = parts.browsers.exchange(shown.token, page_sessions::clock::now())) {
    spdlog::info("audit action=link_used role={}", name_of(made->may));
    return json_page(200, session_json(made->may, made->key, parts));
  }
  return json_page(401, R"({"error":"unauthorized"})");
}

std::optional<gateway::http_page> forget_page(std::string_view path, const gateway::credentials& shown,
                                              server_parts& parts) {
  if (path != "/session")
    return std::nullopt;
  if (const auto had = parts.browsers.forget(shown.token, page_sessions::clock::now()); had != actors::role::none) {
    spdlog::info("audit action=key_forgotten role={}", name_of(had));
    return gateway::http_page{.status = 204, .content_type = {}, .body = {}, .headers = std::string{never_stored}};
  }
  if (parts.role_of(shown) != actors::role::none)
    return json_page(409, R"({"error":"this is a key of the data directory: it is the server's to forget"})");
  return json_page(401, R"({"error":"unauthorized"})");
}

gateway::http_page page_at(std::string_view path, bool is_ready) {
  if (path == "/healthz")
    return text_page(200, "ok\n");
  if (path == "/readyz")
    return is_ready ? text_page(200, "ready\n") : text_page(503, "not ready: starting or draining\n");
  if (auto file = static_file(path))
    return *std::move(file);
  if (path == "/" || path == "/chat")
    return text_page(200, without_pages);
  return text_page(404, "no such page; WebSockets are at /socket/websocket\n");
}

} // namespace lintel::app
