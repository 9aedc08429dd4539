#include "protocol/transcode.hpp"

#include "base/ensure.hpp"
#include "protocol/base64.hpp"
#include "protocol/json_number.hpp"

#include <msgpack.hpp>

#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>

namespace lintel::protocol {

namespace {

// RFC 8259 7: quote, backslash and the controls below space have to be escaped.
constexpr std::array<char, 256> escape_letters() {
  std::array<char, 256> letters{};
  for (std::size_t control = 0; control < 0x20; ++control)
    letters[control] = 'u';
  letters['\b'] = 'b';
  letters['\f'] = 'f';
  letters['\n'] = 'n';
  letters['\r'] = 'r';
  letters['\t'] = 't';
  letters['"'] = '"';
  letters['\\'] = '\\';
  return letters;
}

constexpr auto escape_letter = escape_letters();

void append_escape(std::string& out, unsigned char byte) {
  constexpr std::string_view hex_digits = "0123456789abcdef";
  out.push_back('\\');
  out.push_back(escape_letter[byte]);
  if (escape_letter[byte] != 'u')
    return;
  out.append("00");
  out.push_back(hex_digits[byte >> 4]);
  out.push_back(hex_digits[byte & 0x0f]);
}

void append_base64_string(std::string& out, std::string_view bytes) {
  out.push_back('"');
  append_base64(out, bytes);
  out.push_back('"');
}

/// Writes JSON while msgpack-cxx walks through a value. Needs no stack of its own: whether a comma
/// is due shows in the last byte written.
class json_writer : public msgpack::null_visitor {
public:
  explicit json_writer(std::string& out) noexcept : out_(out) {}

  bool visit_nil() { return put("null"); }
  bool visit_boolean(bool value) { return put(value ? "true" : "false"); }
  bool visit_positive_integer(std::uint64_t value) { return put_integer(value); }
  bool visit_negative_integer(std::int64_t value) { return put_integer(value); }
  // By way of double: a reader of either format then sees the same value.
  bool visit_float32(float value) { return put_real(value); }
  bool visit_float64(double value) { return put_real(value); }
  bool visit_str(const char* text, std::uint32_t size) {
    append_json_string(out_, {size == 0 ? "" : text, size});
    return true;
  }
  bool visit_bin(const char* bytes, std::uint32_t size) {
    append_base64_string(out_, {size == 0 ? "" : bytes, size});
    return true;
  }
  bool visit_ext(const char*, std::uint32_t) { return false; }
  bool start_array(std::uint32_t) { return put("["); }
  bool start_array_item() { return separate('['); }
  bool end_array() { return put("]"); }
  bool start_map(std::uint32_t) { return put("{"); }
  bool start_map_key() { return separate('{'); }
  bool end_map_key() { return put(":"); }
  bool end_map() { return put("}"); }

private:
  bool put(std::string_view text) {
    out_.append(text);
    return true;
  }
  bool separate(char opening) {
    if (out_.back() != opening)
      out_.push_back(',');
    return true;
  }
  template <typename Integer>
  bool put_integer(Integer value) {
    std::array<char, 20> digits{};
    const auto [end, error] = std::to_chars(digits.data(), digits.data() + digits.size(), value);
    return put({digits.data(), static_cast<std::size_t>(end - digits.data())});
  }
  bool put_real(double value) {
    if (!std::isfinite(value))
      return false;
    append_real(out_, value);
    return true;
  }

  std::string& out_;
};

} // namespace

void append_json_string(std::string& out, std::string_view text) {
  out.push_back('"');
  std::size_t plain = 0; // start of the run that needs no escape
  for (std::size_t at = 0; at < text.size(); ++at) {
    const auto byte = static_cast<unsigned char>(text[at]);
    if (escape_letter[byte] == 0)
      continue;
    out.append(text, plain, at - plain);
    append_escape(out, byte);
    plain = at + 1;
  }
  out.append(text, plain);
  out.push_back('"');
}

void append_json(std::string& out, const payload_view& payload) {
  switch (payload.format) {
  case payload_format::json: out.append(payload.bytes); return;
  case payload_format::binary:
    out.append(R"({"encoding":"base64","data":)");
    append_base64_string(out, payload.bytes);
    out.push_back('}');
    return;
  case payload_format::msgpack:
    json_writer writer{out};
    std::size_t end = 0;
    const bool is_whole =
        msgpack::parse(payload.bytes.data(), payload.bytes.size(), end, writer) && end == payload.bytes.size();
    base::ensure(is_whole, "a payload holds one MessagePack value that JSON can express");
    return;
  }
}

} // namespace lintel::protocol
