#include "protocol/encoder.hpp"

#include "base/byte_units.hpp"
#include "base/ensure.hpp"
#include "protocol/json_number.hpp"
#include "protocol/limits.hpp"
#include "protocol/msgpack_packer.hpp"
#include "protocol/transcode.hpp"

#include <atomic>
#include <string>

namespace lintel::protocol {

namespace {

using base::operator""_KiB;

constexpr std::size_t control_bytes_max = 125; // RFC 6455 5.5
constexpr std::size_t scratch_bytes_max = 256_KiB;

std::atomic<std::uint64_t> encodings{0};

encoded_frame_ptr frame_of(opcode code, std::string_view payload) {
  encodings.fetch_add(1, std::memory_order_relaxed);
  return encoded_frame::make(code, payload);
}

// Frames are put together here and copied once into memory of the right size. One huge message
// must not make every worker keep as much for ever.
std::string& cleared_scratch() {
  thread_local std::string scratch;
  if (scratch.capacity() > scratch_bytes_max)
    scratch = {};
  scratch.clear();
  return scratch;
}

// ---- text

void append_json_ref(std::string& out, const ref_view& ref) {
  switch (ref.kind) {
  case ref_view::type::null: out.append("null"); return;
  case ref_view::type::integer: out.append(ref.text); return;
  case ref_view::type::string: append_json_string(out, ref.text); return;
  }
}

void append_json_response(std::string& out, const reply_view& reply) {
  out.append(R"({"status":)");
  append_json_string(out, reply.status);
  out.append(R"(,"response":)");
  append_json(out, reply.response);
  out.push_back('}');
}

/// `append_payload` writes the payload; everything else of the two envelopes is here.
template <typename AppendPayload>
void append_text(std::string& out, wire_format wire, const message_view& envelope, AppendPayload append_payload) {
  if (wire == wire_format::json_v1) {
    out.append(R"({"topic":)");
    append_json_string(out, envelope.topic);
    out.append(R"(,"event":)");
    append_json_string(out, envelope.event);
    out.append(R"(,"payload":)");
    append_payload(out);
    out.append(R"(,"ref":)");
    append_json_ref(out, envelope.ref);
    out.push_back('}');
    return;
  }
  out.push_back('[');
  append_json_ref(out, envelope.join_ref);
  out.push_back(',');
  append_json_ref(out, envelope.ref);
  out.push_back(',');
  append_json_string(out, envelope.topic);
  out.push_back(',');
  append_json_string(out, envelope.event);
  out.push_back(',');
  append_payload(out);
  out.push_back(']');
}

template <typename AppendPayload>
encoded_frame_ptr text_frame(wire_format wire, const message_view& envelope, AppendPayload append_payload) {
  std::string& out = cleared_scratch();
  append_text(out, wire, envelope, append_payload);
  return frame_of(opcode::text, out);
}

// ---- MessagePack

void pack_string(string_packer& packer, std::string_view text) {
  const auto size = static_cast<std::uint32_t>(text.size());
  packer.pack_str(size).pack_str_body(text.data(), size);
}

void pack_ref(string_packer& packer, const ref_view& ref) {
  if (ref.is_null()) {
    packer.pack_nil();
    return;
  }
  if (ref.kind == ref_view::type::string) {
    pack_string(packer, ref.text);
    return;
  }
  const auto number = parse_json_number(ref.text);
  base::ensure(number.has_value(), "an integer ref is an integer");
  std::visit([&](auto value) { packer.pack(value); }, *number);
}

template <typename AppendPayload>
void append_envelope(std::string& out, const message_view& envelope, AppendPayload append_payload) {
  string_sink sink{out};
  string_packer packer{sink};
  packer.pack_array(5);
  pack_ref(packer, envelope.join_ref);
  pack_ref(packer, envelope.ref);
  pack_string(packer, envelope.topic);
  pack_string(packer, envelope.event);
  append_payload(out);
}

template <typename AppendPayload>
encoded_frame_ptr msgpack_frame(const message_view& envelope, AppendPayload append_payload) {
  std::string& out = cleared_scratch();
  append_envelope(out, envelope, append_payload);
  return frame_of(opcode::binary, out);
}

void append_msgpack_response(std::string& out, const reply_view& reply) {
  string_sink sink{out};
  string_packer packer{sink};
  packer.pack_map(2);
  pack_string(packer, "status");
  pack_string(packer, reply.status);
  pack_string(packer, "response");
  append_msgpack(out, reply.response);
}

// ---- Phoenix's binary kinds (v2_json_serializer.ex)

enum class binary_kind : char { push = 0, reply = 1, broadcast = 2 };

encoded_frame_ptr binary_frame(binary_kind kind, std::initializer_list<std::string_view> fields,
                               std::string_view payload) {
  std::string& out = cleared_scratch();
  out.push_back(static_cast<char>(kind));
  for (const std::string_view field : fields) {
    base::ensure(field.size() <= name_bytes_max, "a field of a binary frame has a length byte");
    out.push_back(static_cast<char>(field.size()));
  }
  for (const std::string_view field : fields)
    out.append(field);
  out.append(payload);
  return frame_of(opcode::binary, out);
}

bool is_binary_frame(wire_format wire, const payload_view& payload) noexcept {
  return wire == wire_format::json_v2 && payload.format == payload_format::binary;
}

} // namespace

encoded_frame_ptr encode_message(wire_format wire, const message_view& message) {
  const payload_view& payload = message.payload;
  if (is_binary_frame(wire, payload) && message.ref.is_null()) {
    if (message.join_ref.is_null())
      return binary_frame(binary_kind::broadcast, {message.topic, message.event}, payload.bytes);
    // The server's push has no ref, unlike the client's.
    return binary_frame(binary_kind::push, {message.join_ref.text, message.topic, message.event}, payload.bytes);
  }
  if (wire == wire_format::msgpack)
    return msgpack_frame(message, [&](std::string& out) { append_msgpack(out, payload); });
  return text_frame(wire, message, [&](std::string& out) { append_json(out, payload); });
}

void append_message(std::string& out, wire_format wire, const message_view& message) {
  const payload_view& payload = message.payload;
  if (is_binary_frame(wire, payload) && message.ref.is_null()) {
    out.append(encode_message(wire, message)->bytes());
    return;
  }
  encodings.fetch_add(1, std::memory_order_relaxed);
  std::string& body = cleared_scratch();
  if (wire == wire_format::msgpack)
    append_envelope(body, message, [&](std::string& to) { append_msgpack(to, payload); });
  else
    append_text(body, wire, message, [&](std::string& to) { append_json(to, payload); });
  encoded_frame::append_to(out, wire == wire_format::msgpack ? opcode::binary : opcode::text, body);
}

encoded_frame_ptr encode_reply(wire_format wire, const reply_view& reply) {
  if (is_binary_frame(wire, reply.response))
    return binary_frame(binary_kind::reply, {reply.join_ref.text, reply.ref.text, reply.topic, reply.status},
                        reply.response.bytes);
  const message_view envelope{.join_ref = reply.join_ref, .ref = reply.ref, .topic = reply.topic, .event = "phx_reply"};
  if (wire == wire_format::msgpack)
    return msgpack_frame(envelope, [&](std::string& out) { append_msgpack_response(out, reply); });
  return text_frame(wire, envelope, [&](std::string& out) { append_json_response(out, reply); });
}

std::string_view encode_heartbeat_reply(wire_format wire, const ref_view& ref) {
  const reply_view reply{.ref = ref, .topic = "phoenix", .status = "ok"};
  const message_view envelope{.ref = ref, .topic = reply.topic, .event = "phx_reply"};
  thread_local std::string frame;
  frame.clear();
  std::string& out = cleared_scratch();
  if (wire == wire_format::msgpack) {
    append_envelope(out, envelope, [&](std::string& to) { append_msgpack_response(to, reply); });
    encoded_frame::append_to(frame, opcode::binary, out);
  } else {
    append_text(out, wire, envelope, [&](std::string& to) { append_json_response(to, reply); });
    encoded_frame::append_to(frame, opcode::text, out);
  }
  return frame;
}

encoded_frame_ptr encode_close(std::uint16_t code, std::string_view text) {
  base::ensure(text.size() <= control_bytes_max - sizeof code, "a close reason fits its frame");
  std::string& out = cleared_scratch();
  if (code != 0) {
    out.push_back(static_cast<char>(code >> 8));
    out.push_back(static_cast<char>(code & 0xff));
    out.append(text);
  }
  return frame_of(opcode::close, out);
}

encoded_frame_ptr encode_pong(std::string_view payload) {
  base::ensure(payload.size() <= control_bytes_max, "a pong is a control frame");
  return frame_of(opcode::pong, payload);
}

std::uint64_t encoded_total() noexcept { return encodings.load(std::memory_order_relaxed); }

} // namespace lintel::protocol
