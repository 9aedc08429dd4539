#include "protocol/json_members.hpp"

#include "base/ensure.hpp"

#include <rapidjson/memorystream.h>
#include <rapidjson/reader.h>

namespace lintel::protocol {

namespace {

/// Follows RapidJSON through an object and notes where the values of its first level begin and end.
class member_walk {
public:
  member_walk(std::string_view text, const std::function<void(const json_member&)>& visit)
      : stream{text.data(), text.size()}, text_(text), visit_(visit) {}

  // NOLINTBEGIN(readability-identifier-naming): RapidJSON's names
  bool Null() { return scalar(json_type::null); }
  bool Bool(bool) { return scalar(json_type::boolean); }
  bool Int(int) { return scalar(json_type::number); }
  bool Uint(unsigned) { return scalar(json_type::number); }
  bool Int64(std::int64_t) { return scalar(json_type::number); }
  bool Uint64(std::uint64_t) { return scalar(json_type::number); }
  bool Double(double) { return scalar(json_type::number); }
  bool RawNumber(const char*, rapidjson::SizeType, bool) { return false; }
  bool String(const char*, rapidjson::SizeType, bool) { return scalar(json_type::string); }
  bool Key(const char* text, rapidjson::SizeType size, bool);
  bool StartArray() { return open(json_type::array); }
  bool StartObject() { return open(json_type::object); }
  bool EndArray(rapidjson::SizeType) { return close(); }
  bool EndObject(rapidjson::SizeType) { return close(); }
  // NOLINTEND(readability-identifier-naming)

  rapidjson::MemoryStream stream;

private:
  bool scalar(json_type type);
  bool open(json_type type);
  bool close();
  void tell(std::size_t end);

  std::string_view text_;
  const std::function<void(const json_member&)>& visit_;
  std::string key_;
  json_type type_ = json_type::null;
  std::size_t depth_ = 0;
  std::size_t key_end_ = 0;
  std::size_t told_end_ = 1; ///< behind the member told last, or behind the opening bracket
};

bool member_walk::Key(const char* text, rapidjson::SizeType size, bool) {
  if (depth_ == 1) {
    key_.assign(text, size);
    key_end_ = stream.Tell();
  }
  return true;
}

bool member_walk::scalar(json_type type) {
  if (depth_ == 1) {
    type_ = type;
    tell(stream.Tell());
  }
  return depth_ > 0;
}

bool member_walk::open(json_type type) {
  if (depth_ == 0 && type != json_type::object)
    return false;
  if (depth_ == 1)
    type_ = type;
  ++depth_;
  return true;
}

bool member_walk::close() {
  --depth_;
  if (depth_ == 1)
    tell(stream.Tell() + 1); // RapidJSON takes the closing bracket only after this call
  return true;
}

void member_walk::tell(std::size_t end) {
  constexpr std::string_view white_space = " \t\r\n";
  const auto begin = text_.find('"', told_end_);
  const auto colon = text_.find_first_not_of(white_space, key_end_);
  const auto value = text_.find_first_not_of(white_space, colon + 1);
  told_end_ = end;
  visit_({.key = key_,
          .type = type_,
          .value = text_.substr(value, end - value),
          .text = text_.substr(begin, end - begin)});
}

/// Takes the one string that a text is.
struct string_reader : rapidjson::BaseReaderHandler<rapidjson::UTF8<>, string_reader> {
  // NOLINTBEGIN(readability-identifier-naming): RapidJSON's names
  bool Default() { return false; }
  bool String(const char* text, rapidjson::SizeType size, bool) {
    characters.assign(text, size);
    return true;
  }
  // NOLINTEND(readability-identifier-naming)
  std::string characters;
};

} // namespace

void visit_members(std::string_view object, const std::function<void(const json_member&)>& visit) {
  member_walk walk{object, visit};
  rapidjson::Reader reader;
  const bool is_whole = object.starts_with('{') &&
                        !reader.Parse<rapidjson::kParseIterativeFlag>(walk.stream, walk).IsError() &&
                        walk.stream.Tell() == object.size();
  base::ensure(is_whole, "a payload that was let in is one JSON value, and this one an object");
}

std::string unescape_json(std::string_view text) {
  rapidjson::MemoryStream stream{text.data(), text.size()};
  string_reader taken;
  rapidjson::Reader reader;
  const bool is_whole = !reader.Parse(stream, taken).IsError() && stream.Tell() == text.size();
  base::ensure(is_whole, "a string that was let in is one JSON string");
  return std::move(taken.characters);
}

} // namespace lintel::protocol
