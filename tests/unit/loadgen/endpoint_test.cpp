#include "loadgen/endpoint.hpp"

#include "loadgen/cannot_run.hpp"

#include <catch2/catch.hpp>

#include <arpa/inet.h>

#include <map>

using namespace lintel::loadgen;

TEST_CASE("no more than 10,000 connections share a source address") {
  const endpoint target = resolve("127.0.0.1:4000");
  const source_addresses sources{target, 35'000, std::nullopt};
  std::map<std::uint32_t, std::uint32_t> count;
  for (std::uint32_t connection = 0; connection < 35'000; ++connection)
    ++count[sources.of(connection).value().s_addr];
  CHECK(count.size() == 4);
  for (const auto& [address, connections] : count)
    CHECK(connections <= source_addresses::connections_per_source_max);
  CHECK(ntohl(sources.of(0)->s_addr) == 0x7f000002);
}

TEST_CASE("a run that fits one address leaves the choice to the kernel") {
  const source_addresses sources{resolve("127.0.0.1:4000"), 10'000, std::nullopt};
  CHECK(sources.count() == 0);
  CHECK_FALSE(sources.of(0));
}

TEST_CASE("loopback addresses are not used to reach another machine") {
  const endpoint target = resolve("192.0.2.1:4000");
  CHECK(source_addresses(target, 35'000, std::nullopt).count() == 0);
  CHECK_THROWS_WITH(source_addresses(target, 10, 2), Catch::Contains("--source-addresses"));
}

TEST_CASE("a target is HOST:PORT, IPv6 in brackets") {
  CHECK(resolve("[::1]:4000").address.ss_family == AF_INET6);
  CHECK_THROWS_AS(resolve("4000"), cannot_run);
  CHECK_THROWS_AS(resolve(":4000"), cannot_run);
  CHECK_THROWS_AS(resolve("127.0.0.1:"), cannot_run);
}

TEST_CASE("a server that is not there is named, with what to do about it") {
  // Port 1 needs root to listen on and nobody does.
  CHECK_THROWS_WITH(
      require_listening(resolve("127.0.0.1:1")),
      "cannot connect to 127.0.0.1:1: connection refused; start the server with script/server");
}
