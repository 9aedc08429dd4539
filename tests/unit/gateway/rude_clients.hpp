#pragma once

#include "gateway/socket_worker.hpp"
#include "protocol/encoder.hpp"
#include "tests/support/running_server.hpp"
#include <catch2/catch.hpp>
#include <random>
#include <thread>
#include <vector>

// Sockets as clients treat them: slow, silent, rude. Each test has a server of its own on a free port.
namespace lintel::testing {

using std::chrono_literals::operator""h;
using std::chrono_literals::operator""ms;
using std::chrono_literals::operator""s;
using lintel::app::server_config;
using lintel::protocol::opcode;
using lintel::protocol::test::client_frame;
using lintel::protocol::test::fin;

inline server_config with_deadlines(lintel::gateway::gateway_deadlines deadlines) {
  server_config config;
  config.gateway.deadlines = deadlines;
  return config;
}

inline constexpr lintel::gateway::gateway_deadlines patient{
    .handshake = 1h, .idle = 1h, .assembly = 1h, .write_stall = 1h, .closing = 1h};

inline std::string push_text(int number, std::size_t filler, std::string_view ref = "null") {
  return R"(["j",)" + std::string{ref} + R"(,"room:a","new_msg",{"n":)" + std::to_string(number) + R"(,"fill":")" +
         std::string(filler, 'x') + "\"}]";
}

inline std::string broadcast_text(int number, std::size_t filler) {
  return R"([null,null,"room:a","new_msg",{"n":)" + std::to_string(number) + R"(,"fill":")" + std::string(filler, 'x') +
         "\"}]";
}

} // namespace lintel::testing
