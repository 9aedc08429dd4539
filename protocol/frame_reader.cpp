#include "protocol/frame_reader.hpp"

#include "protocol/frame_header.hpp"
#include "protocol/utf8.hpp"

#include <cstring>
#include <string>

namespace lintel::protocol {

/// A message whose first fragment has arrived. Kept one call longer than the message: the item
/// that delivers it refers to `bytes`.
struct frame_reader::assembly {
  opcode code = opcode::text;
  bool is_whole = false;
  std::size_t fragments = 0;
  utf8_validator utf8;
  std::string bytes;
};

namespace {

// RFC 6455 5.3. The key stands before the payload and repeats every four bytes; eight at a time.
void unmask(char* bytes, std::size_t size) noexcept {
  std::uint32_t key = 0;
  std::memcpy(&key, bytes - mask_bytes, sizeof key);
  const std::uint64_t wide = std::uint64_t{key} << 32 | key;
  std::size_t at = 0;
  for (; at + sizeof wide <= size; at += sizeof wide) {
    std::uint64_t word = 0;
    std::memcpy(&word, bytes + at, sizeof word);
    word ^= wide;
    std::memcpy(bytes + at, &word, sizeof word);
  }
  std::uint64_t rest = 0;
  std::memcpy(&rest, bytes + at, size - at);
  rest ^= wide;
  std::memcpy(bytes + at, &rest, size - at);
}

frame_item failure(close_reason reason) noexcept { return {.what = frame_item::kind::failed, .reason = reason}; }

// RFC 6455 5.5.1 and 7.4.
frame_item close_item(std::string_view body) noexcept {
  if (body.empty())
    return {.what = frame_item::kind::close, .code = opcode::close};
  if (body.size() == 1)
    return failure(close_reason::protocol_error);
  const auto code =
      static_cast<std::uint16_t>(static_cast<unsigned char>(body[0]) << 8 | static_cast<unsigned char>(body[1]));
  if (!is_valid_close_code(code))
    return failure(close_reason::protocol_error);
  if (!is_utf8(body.substr(2)))
    return failure(close_reason::invalid_data);
  return {.what = frame_item::kind::close, .code = opcode::close, .payload = body.substr(2), .close_code = code};
}

frame_item control_item(opcode code, std::string_view body) noexcept {
  if (code == opcode::close)
    return close_item(body);
  const auto what = code == opcode::ping ? frame_item::kind::ping : frame_item::kind::pong;
  return {.what = what, .code = code, .payload = body};
}

} // namespace

frame_reader::frame_reader() noexcept = default;
frame_reader::~frame_reader() = default;
frame_reader::frame_reader(frame_reader&&) noexcept = default;
frame_reader& frame_reader::operator=(frame_reader&&) noexcept = default;

bool frame_reader::is_assembling() const noexcept { return assembly_ != nullptr && !assembly_->is_whole; }

frame_item frame_reader::next(std::span<char>& input, const message_limits& limits) {
  if (assembly_ && assembly_->is_whole)
    assembly_.reset();
  while (true) {
    const frame_header header = read_frame_header({input.data(), input.size()});
    if (header.state == frame_header::status::need_more)
      return {};
    std::optional<frame_item> item;
    if (header.state == frame_header::status::invalid)
      item = failure(close_reason::protocol_error);
    else
      item = judge(header, limits);
    if (!item) {
      if (input.size() < header.size || input.size() - header.size < header.payload_size)
        return {};
      char* const payload = input.data() + header.size;
      const auto size = static_cast<std::size_t>(header.payload_size);
      unmask(payload, size);
      input = input.subspan(header.size + size);
      item = take(header, {payload, size});
    }
    if (!item)
      continue;
    // What follows a broken frame has no meaning; without it a caller cannot go on by mistake.
    if (item->what == frame_item::kind::failed)
      input = {};
    return *item;
  }
}

/// What the header alone decides, before any payload has to be there.
std::optional<frame_item> frame_reader::judge(const frame_header& header, const message_limits& limits) const {
  if (is_control(header.code))
    return {};
  const bool continues = header.code == opcode::continuation;
  // RFC 6455 5.4: no continuation without a start, no second message inside a fragmented one.
  if (continues != (assembly_ != nullptr))
    return failure(close_reason::protocol_error);
  const std::size_t before = assembly_ ? assembly_->bytes.size() : 0;
  if (before > limits.message_bytes_max || header.payload_size > limits.message_bytes_max - before)
    return failure(close_reason::message_too_big);
  // Counted, not timed: an empty fragment is legal (RFC 6455 5.4), a million of them is not.
  if (assembly_ && assembly_->fragments >= limits.fragments_max)
    return failure(close_reason::policy_violation);
  return {};
}

/// Empty: the frame was a fragment, nothing to tell yet.
std::optional<frame_item> frame_reader::take(const frame_header& header, std::string_view payload) {
  if (is_control(header.code))
    return control_item(header.code, payload);
  if (header.is_final && !assembly_) {
    if (header.code == opcode::text && !is_utf8(payload))
      return failure(close_reason::invalid_data);
    return frame_item{.what = frame_item::kind::message, .code = header.code, .payload = payload};
  }
  if (!assembly_) {
    assembly_ = std::make_unique<assembly>();
    assembly_->code = header.code;
  }
  assembly& message = *assembly_;
  ++message.fragments;
  // RFC 6455 8.1, at once and not at the end: nobody should pay for the rest of a bad message.
  if (message.code == opcode::text && (!message.utf8.feed(payload) || (header.is_final && !message.utf8.is_complete())))
    return failure(close_reason::invalid_data);
  message.bytes.append(payload);
  if (!header.is_final)
    return {};
  message.is_whole = true;
  return frame_item{.what = frame_item::kind::message, .code = message.code, .payload = message.bytes};
}

} // namespace lintel::protocol
