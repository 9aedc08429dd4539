#pragma once

#include "actors/connection_limits.hpp"
#include "base/byte_units.hpp"
#include "protocol/limits.hpp"

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

namespace lintel::gateway {

using base::operator""_KiB;
using base::operator""_MiB;
using std::chrono_literals::operator""s;

struct outbox_limits {
  std::size_t bytes_max = 1_MiB; ///< waiting for one slow socket; Centrifugo's default
  std::size_t frames_max = 4096; ///< of them: a frame of 20 bytes costs us more than its bytes
};

struct http_limits {
  std::size_t header_bytes_max = 8_KiB;
  std::size_t header_count_max = 64;
  std::size_t target_bytes_max = 4_KiB;
  std::size_t body_bytes_max = 1_MiB; ///< of a request below /api/: some thousand messages at once
};

/// Deadlines are checked by a wheel of quarter seconds: they fire up to half a second late, never early.
struct gateway_deadlines {
  std::chrono::milliseconds handshake = 5s;   ///< accept, or a later request's first byte → complete HTTP request
  std::chrono::milliseconds answer = 10s;     ///< complete request below /api/ → its answer; else 504
  std::chrono::milliseconds idle = 60s;       ///< since the last byte received, or between two requests
  std::chrono::milliseconds assembly = 10s;   ///< first → last byte of one message
  std::chrono::milliseconds write_stall = 5s; ///< without any progress while output waits
  std::chrono::milliseconds closing = 3s;     ///< our close frame → end of TCP
};

/// How output reaches the kernel.
enum class io_path : std::uint8_t {
  automatic, ///< io_uring where the kernel lets us, else plain sends
  uring,
  plain,
};

struct gateway_config {
  std::string host = "127.0.0.1";
  std::uint16_t port = 4000;
  /// Beside the request's own host and loopback origins: "https://a.example", "//*.b.example", or "*".
  std::vector<std::string> allowed_origins;
  std::size_t connections_max = 0;        ///< 0: as many as one descriptor table holds, at most a million
  bool has_own_descriptor_tables = false; ///< one for each worker, because one for all is too small
  io_path io = io_path::automatic;
  outbox_limits outbox;
  http_limits http;
  gateway_deadlines deadlines;
  protocol::message_limits messages;
  actors::connection_limits connections;
};

} // namespace lintel::gateway
