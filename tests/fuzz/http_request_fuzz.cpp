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
  static const http_routes it{config, pages, [](const credentials& shown) {
                                check(!shown.token.empty() || !shown.base64.empty(), "nobody is asked about nothing");
                                return lintel::actors::role::viewer;
                              }};
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
    check(exact.size() <= routes().config.http.header_bytes_max + 4, "a request without end is not waited for");
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
  check(part.what == kind::need_more || whole.what != kind::need_more, "more bytes do not undo a decision");
  if (part.what == kind::upgraded)
    check(whole.what == kind::upgraded && whole.response == part.response && whole.consumed == part.consumed,
          "what follows an upgrade does not change it");
  return 0;
}
