#include "app/json_slices.hpp"

#include <rapidjson/memorystream.h>
#include <rapidjson/reader.h>

#include <algorithm>
#include <cstdint>

namespace lintel::app {

namespace {

/// RapidJSON calls one function per value; returning false ends the parse. Notes where the values of the outermost
/// object or array begin and end.
class cutter {
public:
  explicit cutter(std::string_view text) : stream_(text.data(), text.size()), text_(text) {}

  // NOLINTBEGIN(readability-identifier-naming): RapidJSON's names
  bool Null() { return scalar(); }
  bool Bool(bool) { return scalar(); }
  bool Int(int) { return scalar(); }
  bool Uint(unsigned) { return scalar(); }
  bool Int64(std::int64_t) { return scalar(); }
  bool Uint64(std::uint64_t) { return scalar(); }
  bool Double(double) { return scalar(); }
  bool RawNumber(const char*, rapidjson::SizeType, bool) { return false; }
  bool String(const char* text, rapidjson::SizeType size, bool) {
    if (depth_ == 0)
      string_.emplace(text, size);
    return scalar();
  }
  bool Key(const char* text, rapidjson::SizeType size, bool) {
    if (depth_ == 1) {
      keys_.emplace_back(text, size);
      end_ = stream_.Tell();
    }
    return true;
  }
  bool StartObject() { return open(kind::object); }
  bool StartArray() { return open(kind::array); }
  bool EndObject(rapidjson::SizeType) { return close(); }
  bool EndArray(rapidjson::SizeType) { return close(); }
  // NOLINTEND(readability-identifier-naming)

  enum class kind : std::uint8_t { scalar, object, array };

  /// False: the text is no JSON.
  bool run() {
    constexpr auto how = rapidjson::kParseIterativeFlag | rapidjson::kParseValidateEncodingFlag;
    rapidjson::Reader reader;
    // A NUL byte looks like the end of the text to RapidJSON.
    return !reader.Parse<how>(stream_, *this).IsError() && stream_.Tell() == text_.size();
  }

  kind outermost() const noexcept { return outermost_; }
  std::vector<std::string>& keys() noexcept { return keys_; }
  std::vector<std::string_view>& values() noexcept { return values_; }
  std::optional<std::string>& string() noexcept { return string_; }

private:
  bool scalar() {
    if (depth_ == 1)
      cut(stream_.Tell());
    return true;
  }
  // Brackets are taken by RapidJSON after these calls.
  bool open(kind what) {
    if (depth_++ == 0) {
      outermost_ = what;
      end_ = stream_.Tell() + 1;
    }
    return true;
  }
  bool close() {
    if (--depth_ == 1)
      cut(stream_.Tell() + 1);
    return true;
  }
  void cut(std::size_t end) {
    constexpr std::string_view white_space = " \t\r\n";
    auto begin = text_.find_first_not_of(white_space, end_);
    if (text_[begin] == ',' || text_[begin] == ':')
      begin = text_.find_first_not_of(white_space, begin + 1);
    values_.push_back(text_.substr(begin, end - begin));
    end_ = end;
  }

  rapidjson::MemoryStream stream_;
  const std::string_view text_;
  kind outermost_ = kind::scalar;
  std::size_t depth_ = 0;
  std::size_t end_ = 0; // of the value or key before, or of the opening bracket
  std::vector<std::string> keys_;
  std::vector<std::string_view> values_;
  std::optional<std::string> string_;
};

} // namespace

std::optional<std::vector<json_member>> members_of(std::string_view object) {
  cutter text{object};
  if (!text.run() || text.outermost() != cutter::kind::object)
    return std::nullopt;
  auto sorted = text.keys();
  std::ranges::sort(sorted);
  if (std::ranges::adjacent_find(sorted) != sorted.end())
    return std::nullopt;
  std::vector<json_member> members;
  for (std::size_t i = 0; i < text.keys().size(); ++i)
    members.push_back({std::move(text.keys()[i]), text.values()[i]});
  return members;
}

std::optional<std::vector<std::string_view>> elements_of(std::string_view array) {
  cutter text{array};
  if (!text.run() || text.outermost() != cutter::kind::array)
    return std::nullopt;
  return std::move(text.values());
}

std::optional<std::string> string_of(std::string_view value) {
  cutter text{value};
  if (!text.run())
    return std::nullopt;
  return std::move(text.string());
}

} // namespace lintel::app
