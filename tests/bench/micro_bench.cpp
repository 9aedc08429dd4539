// One message's steps through Lintel, each alone and without sockets.

#include "base/timing_wheel.hpp"
#include "gateway/outbox.hpp"
#include "protocol/broadcast.hpp"
#include "protocol/decoder.hpp"
#include "protocol/encoder.hpp"
#include "protocol/frame_reader.hpp"

#include <benchmark/benchmark.h>

#include <array>
#include <chrono>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace lintel::bench {

namespace {

using namespace protocol;
using namespace std::chrono_literals;

/// A JSON payload of `size` bytes, as the load generator sends it.
std::string payload_of(std::size_t size) {
  std::string text = R"({"s":7,"n":1234,"t":123456789012345,"p":")";
  text.append(size > text.size() + 2 ? size - text.size() - 2 : 0, 'x');
  return text.append("\"}");
}

std::string push_of(std::size_t payload_size) {
  return R"(["1","42","room:7","new_msg",)" + payload_of(payload_size) + "]";
}

/// A masked text frame of less than 64 KiB.
std::string masked(std::string_view payload) {
  constexpr std::string_view key = "\x37\xfa\x21\x3d"; // RFC 6455 5.7
  std::string frame{"\x81"};
  if (payload.size() < 126) {
    frame.push_back(static_cast<char>(0x80U | payload.size()));
  } else {
    frame.append("\xfe");
    frame.push_back(static_cast<char>(payload.size() >> 8));
    frame.push_back(static_cast<char>(payload.size()));
  }
  frame.append(key);
  for (std::size_t i = 0; i < payload.size(); ++i)
    frame.push_back(static_cast<char>(payload[i] ^ key[i % 4]));
  return frame;
}

std::size_t size_of(const benchmark::State& state) {
  return static_cast<std::size_t>(state.range(0));
}

/// The copy that restores the masked bytes is part of the figure: about 5 ns at 64 bytes.
void frame_reader_next(benchmark::State& state) {
  const std::string frame = masked(push_of(size_of(state)));
  std::string bytes = frame;
  const message_limits limits;
  frame_reader reader;
  for ([[maybe_unused]] auto each : state) {
    bytes.assign(frame);
    std::span<char> input{bytes};
    benchmark::DoNotOptimize(reader.next(input, limits));
  }
}
BENCHMARK(frame_reader_next)->Arg(64)->Arg(1024)->Arg(16000);

void decode_json_v2(benchmark::State& state) {
  const std::string text = push_of(size_of(state));
  decoder reader{message_limits{}};
  for ([[maybe_unused]] auto each : state)
    benchmark::DoNotOptimize(reader.decode_text(text, wire_format::json_v2));
}
BENCHMARK(decode_json_v2)->Arg(64)->Arg(1024)->Arg(16000);

void copy_message(benchmark::State& state) {
  const std::string text = push_of(size_of(state));
  decoder reader{message_limits{}};
  const auto read = reader.decode_text(text, wire_format::json_v2);
  for ([[maybe_unused]] auto each : state)
    benchmark::DoNotOptimize(message::copy_of(read.message));
}
BENCHMARK(copy_message)->Arg(64)->Arg(1024);

void encode_ok_reply(benchmark::State& state) {
  const ref_view one{ref_view::type::string, "1"};
  const ref_view ref{ref_view::type::string, "42"};
  for ([[maybe_unused]] auto each : state)
    benchmark::DoNotOptimize(encode_reply(wire_format::json_v2, {one, ref, "room:7", "ok", {}}));
}
BENCHMARK(encode_ok_reply);

/// What a room pays once for a message, however many members it has: one encoding per wire format.
void encode_broadcast(benchmark::State& state) {
  const std::string text = push_of(64);
  decoder reader{message_limits{}};
  const auto source = message::copy_of(reader.decode_text(text, wire_format::json_v2).message);
  const auto wire = static_cast<wire_format>(state.range(0));
  for ([[maybe_unused]] auto each : state)
    benchmark::DoNotOptimize(broadcast::make(source)->frame(wire));
}
BENCHMARK(encode_broadcast)
    ->Arg(static_cast<std::int64_t>(wire_format::json_v2))
    ->Arg(static_cast<std::int64_t>(wire_format::msgpack));

/// What each member costs before its send: a shared frame through an outbox of its own.
void outbox_one_frame(benchmark::State& state) {
  const auto frame = encoded_frame::make(opcode::text, payload_of(64));
  const gateway::outbox_limits limits;
  std::array<iovec, 64> parts{};
  for ([[maybe_unused]] auto each : state) {
    const auto box = std::make_unique<gateway::outbox>(); // exists only while something waits
    benchmark::DoNotOptimize(box->enqueue(frame, limits));
    benchmark::DoNotOptimize(box->gather(parts));
    box->sent(frame->size());
  }
}
BENCHMARK(outbox_one_frame);

void outbox_frames_per_send(benchmark::State& state) {
  const auto frame = encoded_frame::make(opcode::text, payload_of(64));
  const gateway::outbox_limits limits;
  std::array<iovec, 64> parts{};
  for ([[maybe_unused]] auto each : state) {
    gateway::outbox box;
    for (std::int64_t i = 0; i < state.range(0); ++i)
      benchmark::DoNotOptimize(box.enqueue(frame, limits));
    benchmark::DoNotOptimize(box.gather(parts));
    box.sent(box.bytes());
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(outbox_frames_per_send)->Arg(4)->Arg(16)->Arg(64);

/// A worker's idle deadlines: quarter-second ticks, every connection armed once a minute.
void timing_wheel_arm_and_fire(benchmark::State& state) {
  std::chrono::steady_clock::time_point now{};
  base::timing_wheel<std::uint64_t> wheel{250ms, 512, now};
  const auto armed = static_cast<std::uint64_t>(state.range(0));
  for (std::uint64_t i = 0; i < armed; ++i)
    wheel.arm(now + 250ms * (i % 240), i);
  std::uint64_t fired = 0;
  for ([[maybe_unused]] auto each : state) {
    now += 250ms;
    wheel.advance(now, [&](std::uint64_t token) {
      ++fired;
      wheel.arm(now + 60s, token);
    });
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(fired));
}
BENCHMARK(timing_wheel_arm_and_fire)->Arg(15'000);

void timing_wheel_next_due(benchmark::State& state) {
  const std::chrono::steady_clock::time_point now{};
  base::timing_wheel<std::uint64_t> wheel{250ms, 512, now};
  wheel.arm(now + 60s, 1);
  for ([[maybe_unused]] auto each : state)
    benchmark::DoNotOptimize(wheel.next_due());
}
BENCHMARK(timing_wheel_next_due);

} // namespace

} // namespace lintel::bench
