#include "gateway/http_request.hpp"

#include "tests/fuzz/fuzz_input.hpp"

#include <string>

// What anybody can send before there is a WebSocket: whole, and cut where the input says.

namespace {

using lintel::fuzz::check;
using namespace lintel::gateway;
using kind = http_outcome::kind;

http_page pages(std::string_view path, const credentials&) {
  return {path == "/" ? 200u : 404u, "text/plain", "page\n"};
}

const http_routes& routes() {
  static const gateway_config config = [] {
    gateway_config some;
    some.allowed_origins = {"https://a.example", "//*.b.example:8080"};
    return some;
  }();
  static const http_routes it{config, pages,
                              [](const credentials& shown) {
                                check(!shown.token.empty() || !shown.base64.empty(), "nobody is asked about nothing");
                                return lintel::actors::role::viewer;
                              },
                              [](api_request) { return std::optional<http_page>{}; }};
  return it;
}

http_outcome take(std::string_view bytes) {
  // A copy of exactly the right size: AddressSanitizer sees every byte read beyond it.
  const std::string exact{bytes};
  auto outcome = take_http_request(exact, routes());
  check(outcome.consumed <= exact.size(), "no more is consumed than there is");
  switch (outcome.what) {
  case kind::need_more:
    check(outcome.response.empty(), "an unfinished request has no answer");
    check(exact.size() <= routes().config.http.header_bytes_max + 4 + routes().config.http.body_bytes_max,
          "a request without end is not waited for");
    break;
  case kind::go_ahead:
    check(outcome.response == "HTTP/1.1 100 Continue\r\n\r\n" && outcome.consumed == 0, "leave is no answer");
    check(exact.ends_with("\r\n\r\n"), "leave to send a body is asked for at the end of a head");
    break;
  case kind::asked:
    check(outcome.response.empty() && outcome.api->path.starts_with("/api/"), "the application answers");
    check(exact.substr(0, outcome.consumed).ends_with(outcome.api->body), "the body is what the head announced");
    check(outcome.api->body.empty() || outcome.api->may != lintel::actors::role::none, "a body takes a key");
    break;
  case kind::upgraded: check(outcome.response.starts_with("HTTP/1.1 101 "), "an upgrade says so"); break;
  case kind::respond:
    check(outcome.response.starts_with("HTTP/1.1 ") && !outcome.response.starts_with("HTTP/1.1 101 "),
          "a refusal is no upgrade");
    check(outcome.response.find("\r\n\r\n") != std::string::npos, "an answer has a head");
    break;
  }
  return outcome;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  lintel::fuzz::input input{bytes, size};
  const std::size_t cut = input.choice() * 8;
  const auto request = input.rest();
  const auto whole = take(request);
  const auto part = take(request.substr(0, std::min(cut, request.size())));
  const bool is_part_open = part.what == kind::need_more || part.what == kind::go_ahead;
  const bool is_whole_open = whole.what == kind::need_more || whole.what == kind::go_ahead;
  check(is_part_open || !is_whole_open, "more bytes do not undo a decision");
  if (part.what == kind::asked)
    check(whole.what == kind::asked && whole.consumed == part.consumed && whole.api->body == part.api->body,
          "what follows a request does not change it");
  if (part.what == kind::upgraded)
    check(whole.what == kind::upgraded && whole.response == part.response && whole.consumed == part.consumed,
          "what follows an upgrade does not change it");
  return 0;
}
