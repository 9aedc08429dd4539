#pragma once

#include <rapidjson/document.h>

#include <cstdint>
#include <string_view>

namespace lintel::app {

// A member of an answer; what is not there, or of another type, is empty or 0: a server may be older than its `ctl`.

inline std::string_view text(const rapidjson::Value& object, const char* key) {
  const auto found = object.FindMember(key);
  return found != object.MemberEnd() && found->value.IsString()
             ? std::string_view{found->value.GetString(), found->value.GetStringLength()}
             : std::string_view{};
}

inline std::uint64_t number(const rapidjson::Value& object, const char* key) {
  const auto found = object.FindMember(key);
  return found != object.MemberEnd() && found->value.IsUint64() ? found->value.GetUint64() : 0;
}

inline double real(const rapidjson::Value& object, const char* key) {
  const auto found = object.FindMember(key);
  return found != object.MemberEnd() && found->value.IsNumber() ? found->value.GetDouble() : 0;
}

} // namespace lintel::app
