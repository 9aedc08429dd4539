#include "protocol/transcode.hpp"

#include "base/ensure.hpp"
#include "protocol/json_number.hpp"
#include "protocol/msgpack_packer.hpp"

#include <rapidjson/memorystream.h>
#include <rapidjson/reader.h>

#include <bit>
#include <cstdint>
#include <vector>

namespace lintel::protocol {

namespace {

/// Writes MessagePack while RapidJSON walks through a value. A container's size is known only at
/// its end, so its header starts as one byte and grows when the size turns out to need more: the
/// few containers above fifteen elements pay with a memmove of what they hold.
class msgpack_writer {
public:
  msgpack_writer(std::string& out, std::string_view text)
      : stream{text.data(), text.size()}, out_(out), text_(text), sink_{out}, packer_(sink_) {}

  // NOLINTBEGIN(readability-identifier-naming): RapidJSON's names
  bool Null() { return done(packer_.pack_nil()); }
  bool Bool(bool value) { return done(value ? packer_.pack_true() : packer_.pack_false()); }
  bool Int(int value) { return done(packer_.pack_int64(value)); }
  bool Uint(unsigned value) { return done(packer_.pack_uint64(value)); }
  bool Int64(std::int64_t value) { return done(packer_.pack_int64(value)); }
  bool Uint64(std::uint64_t value) { return done(packer_.pack_uint64(value)); }
  bool Double(double);
  bool RawNumber(const char*, rapidjson::SizeType, bool) { return false; }
  bool String(const char* text, rapidjson::SizeType size, bool) {
    return done(packer_.pack_str(size).pack_str_body(text, size));
  }
  bool Key(const char* text, rapidjson::SizeType size, bool) { return String(text, size, false); }
  bool StartArray() { return open(); }
  bool StartObject() { return open(); }
  bool EndArray(rapidjson::SizeType count) { return close(count, {0x90, 0xdc, 0xdd}); }
  bool EndObject(rapidjson::SizeType count) { return close(count, {0x80, 0xde, 0xdf}); }
  // NOLINTEND(readability-identifier-naming)

  rapidjson::MemoryStream stream;

private:
  struct header_bytes {
    unsigned fix;
    unsigned with_16_bits;
    unsigned with_32_bits;
  };
  static bool done(const string_packer&) noexcept { return true; }
  bool open();
  bool close(std::uint32_t count, header_bytes codes);

  std::string& out_;
  std::string_view text_;
  string_sink sink_;
  string_packer packer_;
  std::vector<std::size_t> headers_; ///< where each open container's header stands in out_
};

// RapidJSON's quick conversion may be off by one unit in the last place, and msgpack-cxx would turn
// 1.0 into the integer 1 and -0.0 into 0.
bool msgpack_writer::Double(double) {
  const auto number = parse_json_number(number_before(text_, stream.Tell()));
  const double* const real = number ? std::get_if<double>(&*number) : nullptr;
  if (real == nullptr)
    return false;
  const auto bits = std::bit_cast<std::uint64_t>(*real);
  out_.push_back('\xcb');
  for (unsigned byte = sizeof bits; byte-- > 0;)
    out_.push_back(static_cast<char>(bits >> (8 * byte)));
  return true;
}

bool msgpack_writer::open() {
  headers_.push_back(out_.size());
  out_.push_back('\0');
  return true;
}

bool msgpack_writer::close(std::uint32_t count, header_bytes codes) {
  const std::size_t at = headers_.back();
  headers_.pop_back();
  if (count < 16) {
    out_[at] = static_cast<char>(codes.fix | count);
    return true;
  }
  const unsigned count_bytes = count <= 0xffff ? 2 : 4;
  out_[at] = static_cast<char>(count_bytes == 2 ? codes.with_16_bits : codes.with_32_bits);
  out_.insert(at + 1, count_bytes, '\0');
  for (unsigned byte = 0; byte < count_bytes; ++byte)
    out_[at + count_bytes - byte] = static_cast<char>(count >> (8 * byte));
  return true;
}

} // namespace

void append_msgpack(std::string& out, const payload_view& payload) {
  switch (payload.format) {
  case payload_format::msgpack: out.append(payload.bytes); return;
  case payload_format::binary: {
    string_sink sink{out};
    const auto size = static_cast<std::uint32_t>(payload.bytes.size());
    string_packer{sink}.pack_bin(size).pack_bin_body(payload.bytes.data(), size);
    return;
  }
  case payload_format::json:
    msgpack_writer writer{out, payload.bytes};
    rapidjson::Reader reader;
    const bool is_whole = !reader.Parse<rapidjson::kParseIterativeFlag>(writer.stream, writer).IsError() &&
                          writer.stream.Tell() == payload.bytes.size();
    base::ensure(is_whole, "a payload holds one JSON value that MessagePack can express");
    return;
  }
}

} // namespace lintel::protocol
