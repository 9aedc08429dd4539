#include "app/static_files.hpp"

#include <algorithm>
#include <array>
#include <string>

namespace lintel::app {

namespace {

// A page is as old as its server; what it loads has a hash in its name, and never changes.
constexpr std::string_view page_headers =
    "Cache-Control: no-store\r\n"
    "Content-Security-Policy: default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src 'self' data:; font-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'; "
    "require-trusted-types-for 'script'; trusted-types 'none'\r\n"
    "Cross-Origin-Opener-Policy: same-origin\r\n"
    "Cross-Origin-Resource-Policy: same-origin\r\n"
    "Permissions-Policy: camera=(), microphone=(), geolocation=()\r\n"
    "Referrer-Policy: no-referrer\r\n"
    "X-Frame-Options: DENY\r\n";
constexpr std::string_view asset_headers = "Cache-Control: public, max-age=31536000, immutable\r\n"
                                           "Cross-Origin-Resource-Policy: same-origin\r\n"
                                           "Referrer-Policy: no-referrer\r\n";

struct media_type {
  std::string_view ending;
  std::string_view type;
};
constexpr std::array media_types{media_type{".html", "text/html; charset=utf-8"},
                                 media_type{".js", "text/javascript; charset=utf-8"},
                                 media_type{".css", "text/css; charset=utf-8"}, media_type{".svg", "image/svg+xml"},
                                 media_type{".woff2", "font/woff2"}};

std::string_view type_of(std::string_view name) {
  const auto found =
      std::ranges::find_if(media_types, [name](const auto& each) { return name.ends_with(each.ending); });
  return found == media_types.end() ? "application/octet-stream" : found->type;
}

std::string_view name_at(std::string_view path) {
  if (path == "/")
    return "index.html";
  if (path == "/chat")
    return "chat.html";
  return path.starts_with("/assets/") ? path.substr(1) : std::string_view{};
}

} // namespace

std::optional<gateway::http_page> static_file(std::string_view path) {
  const auto name = name_at(path);
  const auto all = embedded_files();
  const auto found = std::ranges::find(all, name, &embedded_file::name);
  if (name.empty() || found == all.end())
    return std::nullopt;
  return gateway::http_page{.content_type = std::string{type_of(name)},
                            .body = std::string{found->bytes},
                            .headers = std::string{name.ends_with(".html") ? page_headers : asset_headers}};
}

} // namespace lintel::app
