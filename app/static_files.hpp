#pragma once

#include "gateway/http_request.hpp"

#include <optional>
#include <span>
#include <string_view>

namespace lintel::app {

/// A file of web/ as it was built, inside this programme. Names are paths: "index.html", "assets/chat-3f2a.js".
struct embedded_file {
  std::string_view name;
  std::string_view bytes;
};

/// All of them; none when npm was not there at build time. Written by web/embed.mjs.
std::span<const embedded_file> embedded_files() noexcept;

/// `/`, `/chat`, and what they load, with the headers that keep a page to itself: nothing inline, nothing from anywhere
/// else, in no frame. Nothing: there is no such file.
std::optional<gateway::http_page> static_file(std::string_view path);

} // namespace lintel::app
