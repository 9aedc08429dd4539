#include "protocol/json_decoder.hpp"

#include "protocol/envelope.hpp"
#include "protocol/json_number.hpp"

#include <rapidjson/memorystream.h>

#include <cstring>

namespace lintel::protocol {

namespace {

enum class value_type : std::uint8_t { null, string, integer, other };

envelope_field field_of(std::string_view key) noexcept {
  if (key == "join_ref")
    return envelope_field::join_ref;
  if (key == "ref")
    return envelope_field::ref;
  if (key == "topic")
    return envelope_field::topic;
  if (key == "event")
    return envelope_field::event;
  if (key == "payload")
    return envelope_field::payload;
  return envelope_field::none;
}

constexpr unsigned bit(envelope_field field) noexcept { return 1U << static_cast<unsigned>(field); }

// V1 clients know nothing of join_ref.
constexpr unsigned v1_keys =
    bit(envelope_field::ref) | bit(envelope_field::topic) | bit(envelope_field::event) | bit(envelope_field::payload);

// RapidJSON refuses a high surrogate without a low one, but lets "\udc00" alone through as the
// bytes ed b0 80. The text itself is valid UTF-8, so such bytes can only come from an escape: most
// messages hold no backslash and are spared the search.
bool has_surrogate(std::string_view text) noexcept {
  for (std::size_t at = text.find('\xed'); at != std::string_view::npos; at = text.find('\xed', at + 1)) {
    if (at + 1 < text.size() && static_cast<unsigned char>(text[at + 1]) >= 0xa0)
      return true;
  }
  return false;
}

// Behind the comma or colon that follows `at`. Wrong text is the parser's to refuse.
std::size_t behind_separator(std::string_view text, std::size_t at) noexcept {
  constexpr std::string_view white_space = " \t\r\n";
  at = text.find_first_not_of(white_space, at);
  at = at == std::string_view::npos ? at : text.find_first_not_of(white_space, at + 1);
  return std::min(at, text.size());
}

} // namespace

/// RapidJSON calls one function per value; returning false ends the parse.
class json_decoder::walk {
public:
  walk(json_decoder& owner, std::string_view text, json_envelope shape, const message_limits& limits)
      : stream{text.data(), text.size()}, owner_(owner), text_(text), shape_(shape), limits_(limits),
        has_escapes_(text.find('\\') != std::string_view::npos) {}

  // NOLINTBEGIN(readability-identifier-naming): RapidJSON's names
  bool Null() { return scalar(value_type::null, {}); }
  bool Bool(bool) { return scalar(value_type::other, {}); }
  bool Int(int) { return integer(); }
  bool Uint(unsigned) { return integer(); }
  bool Int64(std::int64_t) { return integer(); }
  bool Uint64(std::uint64_t) { return integer(); }
  bool Double(double) { return real(); }
  bool RawNumber(const char*, rapidjson::SizeType, bool) { return refuse(decode_errc::malformed); }
  bool String(const char* text, rapidjson::SizeType size, bool);
  bool Key(const char* text, rapidjson::SizeType size, bool);
  bool StartArray() { return open(json_envelope::array); }
  bool StartObject();
  bool EndArray(rapidjson::SizeType) { return close(); }
  bool EndObject(rapidjson::SizeType);
  // NOLINTEND(readability-identifier-naming)

  bool refuse(decode_errc error) noexcept {
    note(error);
    return false;
  }

  rapidjson::MemoryStream stream;
  decoded result;

private:
  // The first fault is the one to report.
  void note(decode_errc error) noexcept {
    if (result.error == decode_errc::ok)
      result.error = error;
  }
  bool begin_value() noexcept;
  bool scalar(value_type type, std::string_view text);
  bool put(value_type type, std::string_view text);
  bool integer();
  bool real();
  bool open(json_envelope brackets) noexcept;
  bool close() noexcept;
  bool is_complete() const noexcept;
  void end_payload(std::size_t end, bool is_object) noexcept;
  std::string_view keep(std::string_view text) noexcept;

  json_decoder& owner_;
  std::string_view text_;
  json_envelope shape_;
  const message_limits& limits_;
  bool has_escapes_;
  std::size_t depth_ = 0;
  std::size_t elements_ = 0;
  std::size_t members_ = 0; ///< of the envelope, when it is an array
  unsigned seen_ = 0;       ///< bits of the fields read, when it is an object
  envelope_field field_ = envelope_field::none;
  std::size_t payload_begin_ = 0;
  bool payload_is_object_ = false;
};

bool json_decoder::walk::begin_value() noexcept {
  if (++elements_ > limits_.elements_max)
    return refuse(decode_errc::too_many_elements);
  if (depth_ == 1 && shape_ == json_envelope::array) {
    field_ = members_ < envelope_size ? static_cast<envelope_field>(members_) : envelope_field::none;
    ++members_;
  }
  return true;
}

bool json_decoder::walk::scalar(value_type type, std::string_view text) {
  if (!begin_value())
    return false;
  if (depth_ == 0)
    return refuse(decode_errc::wrong_type);
  if (depth_ > 1 || field_ == envelope_field::none)
    return true;
  seen_ |= bit(field_);
  if (field_ != envelope_field::payload)
    return put(type, text);
  end_payload(stream.Tell(), false);
  return true;
}

bool json_decoder::walk::put(value_type type, std::string_view text) {
  const bool is_ref = field_ == envelope_field::join_ref || field_ == envelope_field::ref;
  if (type == value_type::null && is_ref)
    return true;
  decode_errc error = decode_errc::wrong_type;
  if (type == value_type::integer)
    error = put_integer(result.message, field_, text);
  else if (type == value_type::string)
    error = put_string(result.message, field_, keep(text));
  // A bad name does not end the walk: the ref that an error reply needs may still come, and the
  // rest has to be valid all the same.
  if (error == decode_errc::invalid_topic || error == decode_errc::invalid_event)
    note(error);
  else if (error != decode_errc::ok)
    return refuse(error);
  if (field_ == envelope_field::event && shape_ == json_envelope::array)
    payload_begin_ = behind_separator(text_, stream.Tell());
  return true;
}

// Unescaped text lives in RapidJSON's memory only until the next token.
std::string_view json_decoder::walk::keep(std::string_view text) noexcept {
  if (text.size() > name_bytes_max) {
    if (field_ == envelope_field::topic) // refused, but the error reply names it
      return owner_.long_topic_ = text;
    // An event that is too long is refused as well as none; a ref is refused for its length, and
    // not looked at again.
    return field_ == envelope_field::event ? std::string_view{} : text;
  }
  char* const to = owner_.names_.data() + static_cast<std::size_t>(field_) * name_bytes_max;
  std::memcpy(to, text.data(), text.size());
  return {to, text.size()};
}

bool json_decoder::walk::integer() {
  // RapidJSON calls integers only what 64 bits hold: at most twenty characters.
  if (depth_ > 1 && limits_.number_chars_max >= 20)
    return scalar(value_type::integer, {});
  const std::string_view text = number_before(text_, stream.Tell());
  if (text.size() > limits_.number_chars_max)
    return refuse(decode_errc::invalid_number);
  return scalar(value_type::integer, text);
}

// RapidJSON also calls integers real that fit no 64 bits.
bool json_decoder::walk::real() {
  const std::string_view text = number_before(text_, stream.Tell());
  if (text.size() > limits_.number_chars_max || !parse_json_number(text))
    return refuse(decode_errc::invalid_number);
  return scalar(value_type::other, text);
}

bool json_decoder::walk::String(const char* text, rapidjson::SizeType size, bool) {
  const std::string_view unescaped{text, size};
  if (has_escapes_ && has_surrogate(unescaped))
    return refuse(decode_errc::invalid_string);
  return scalar(value_type::string, unescaped);
}

bool json_decoder::walk::Key(const char* text, rapidjson::SizeType size, bool) {
  const std::string_view key{text, size};
  if (has_escapes_ && has_surrogate(key))
    return refuse(decode_errc::invalid_string);
  owner_.keys_.add(key);
  if (depth_ == 1 && shape_ == json_envelope::object) {
    field_ = field_of(key);
    if (field_ == envelope_field::payload)
      payload_begin_ = behind_separator(text_, stream.Tell());
  }
  return true;
}

bool json_decoder::walk::open(json_envelope brackets) noexcept {
  if (!begin_value())
    return false;
  if (depth_ >= limits_.depth_max)
    return refuse(decode_errc::too_deep);
  if (depth_ == 0 && brackets != shape_)
    return refuse(decode_errc::wrong_type);
  if (depth_ == 1) {
    if (field_ < envelope_field::payload)
      return refuse(decode_errc::wrong_type);
    seen_ |= bit(field_);
    payload_is_object_ = brackets == json_envelope::object;
  }
  ++depth_;
  return true;
}

bool json_decoder::walk::StartObject() {
  if (!open(json_envelope::object))
    return false;
  owner_.keys_.open();
  return true;
}

bool json_decoder::walk::EndObject(rapidjson::SizeType) {
  if (!owner_.keys_.close())
    return refuse(decode_errc::duplicate_key);
  return close();
}

bool json_decoder::walk::close() noexcept {
  --depth_;
  // RapidJSON takes the closing bracket only after this call.
  if (depth_ == 1 && field_ == envelope_field::payload)
    end_payload(stream.Tell() + 1, payload_is_object_);
  if (depth_ == 0 && !is_complete())
    return refuse(decode_errc::wrong_arity);
  return true;
}

bool json_decoder::walk::is_complete() const noexcept {
  return shape_ == json_envelope::array ? members_ >= envelope_size : (seen_ & v1_keys) == v1_keys;
}

void json_decoder::walk::end_payload(std::size_t end, bool is_object) noexcept {
  result.message.payload = {.format = payload_format::json,
                            .bytes = text_.substr(payload_begin_, end - payload_begin_),
                            .is_object = is_object};
}

decoded json_decoder::decode(std::string_view text, json_envelope shape, const message_limits& limits) {
  keys_.clear();
  walk handler{*this, text, shape, limits};
  const rapidjson::ParseResult parsed = reader_.Parse<rapidjson::kParseIterativeFlag>(handler.stream, handler);
  switch (parsed.Code()) {
  case rapidjson::kParseErrorNone:
    // A NUL byte looks like the end of the text to RapidJSON.
    if (handler.stream.Tell() != text.size())
      handler.refuse(decode_errc::malformed);
    break;
  case rapidjson::kParseErrorTermination: break;
  case rapidjson::kParseErrorNumberTooBig: handler.refuse(decode_errc::invalid_number); break;
  case rapidjson::kParseErrorStringUnicodeSurrogateInvalid: handler.refuse(decode_errc::invalid_string); break;
  default: handler.refuse(decode_errc::malformed);
  }
  return handler.result;
}

} // namespace lintel::protocol
