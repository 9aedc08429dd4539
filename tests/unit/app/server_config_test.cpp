#include "app/server_config.hpp"

#include <catch2/catch.hpp>

using namespace lintel::app;

namespace {

std::string flaw(void (*spoil)(server_config&)) {
  server_config config;
  spoil(config);
  return flaw_in(config);
}

} // namespace

TEST_CASE("the built-in configuration has no flaw") { CHECK(flaw_in({}).empty()); }

TEST_CASE("listening beyond loopback needs to be wanted") {
  for (const auto* host : {"0.0.0.0", "::", "192.168.0.1", "example.com", "127.0.0.1.evil.example", ""}) {
    INFO(host);
    server_config config;
    config.gateway.host = host;
    CHECK(flaw_in(config).find("without authentication") != std::string::npos);
    config.is_open_to_all = true;
    CHECK(flaw_in(config).empty());
  }
  for (const auto* host : {"127.0.0.1", "127.1.2.3", "localhost", "::1"}) {
    INFO(host);
    server_config config;
    config.gateway.host = host;
    CHECK(flaw_in(config).empty());
  }
}

TEST_CASE("a message has to fit into an outbox") {
  CHECK(flaw([](server_config& c) {
          c.gateway.outbox.bytes_max = c.gateway.messages.message_bytes_max - 1;
        }).starts_with("--message-bytes must not exceed --outbox-bytes"));
  CHECK(flaw([](server_config& c) { c.gateway.outbox.bytes_max = c.gateway.messages.message_bytes_max; }).empty());
}

TEST_CASE("the limits of stuck handlers increase") {
  CHECK(flaw([](server_config& c) { c.stuck.stack = c.stuck.warn; }).starts_with("--stuck-warn, --stuck-stack"));
  CHECK(flaw([](server_config& c) { c.stuck.abort = std::chrono::seconds{4}; }).find("must increase") !=
        std::string::npos);
  CHECK(flaw([](server_config& c) { c.stuck.warn = {}; }).empty());
  CHECK(flaw([](server_config& c) { c.stuck = {}; }).empty());
}

TEST_CASE("there are at most 64 workers, and one at least") {
  CHECK_FALSE(flaw([](server_config& c) { c.workers = 65; }).empty());
  CHECK(flaw([](server_config& c) { c.workers = 64; }).empty());
  CHECK(plan_of({}).workers >= 1);
  server_config config;
  config.workers = 7;
  CHECK(plan_of(config).workers == 7);
}
