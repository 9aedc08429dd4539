#include "protocol/stream_payload.hpp"

#include "protocol/transcode.hpp"

#include <rapidjson/document.h>

namespace lintel::protocol {

namespace {

constexpr std::size_t idem_bytes_max = 64;
constexpr std::uint64_t offset_max = (std::uint64_t{1} << 53) - 1; // what JavaScript's numbers hold exactly
constexpr std::uint32_t limit_max = 1000;

// The decoder has checked the payload: depth, counts, no key twice.
rapidjson::Document object_of(const payload_view& payload) {
  rapidjson::Document read;
  if (payload.format == payload_format::binary)
    return read;
  std::string json;
  if (payload.format == payload_format::msgpack)
    append_json(json, payload);
  const std::string_view text = json.empty() ? payload.bytes : std::string_view{json};
  read.Parse<rapidjson::kParseIterativeFlag>(text.data(), text.size());
  if (read.HasParseError() || !read.IsObject())
    read.SetNull();
  return read;
}

const rapidjson::Value* member(const rapidjson::Value& object, const char* name) {
  if (!object.IsObject())
    return nullptr;
  const auto found = object.FindMember(name);
  return found == object.MemberEnd() || found->value.IsNull() ? nullptr : &found->value;
}

std::optional<std::uint64_t> offset_of(const rapidjson::Value& value) {
  if (!value.IsUint64() || value.GetUint64() > offset_max)
    return std::nullopt;
  return value.GetUint64();
}

// Most payloads do not, and are not parsed. JSON may spell a letter of ours as \u00 and two digits (RFC 8259 7).
bool mentions(const payload_view& payload, std::string_view name) {
  constexpr auto absent = std::string_view::npos;
  return payload.format != payload_format::binary &&
         (payload.bytes.find(name) != absent ||
          (payload.format == payload_format::json && payload.bytes.find("\\u00") != absent));
}

} // namespace

recover_request recover_in(const payload_view& join) {
  recover_request wish;
  if (!mentions(join, "recover"))
    return wish;
  const auto params = object_of(join);
  const auto* const recover = member(params, "recover");
  if (recover == nullptr || recover->IsBool()) {
    wish.is_wanted = recover != nullptr && recover->GetBool();
    return wish;
  }
  wish.is_wanted = wish.has_offset = true;
  const auto* const epoch = member(*recover, "epoch");
  const auto* const offset = member(*recover, "offset");
  const auto* const limit = member(*recover, "limit");
  const auto at = offset != nullptr ? offset_of(*offset) : std::nullopt;
  if (epoch == nullptr || !epoch->IsString() || !at || (limit != nullptr && !limit->IsUint())) {
    wish.is_valid = false;
    return wish;
  }
  wish.epoch.assign(epoch->GetString(), epoch->GetStringLength());
  wish.offset = *at;
  if (limit != nullptr)
    wish.limit = limit->GetUint();
  return wish;
}

std::optional<std::string> idem_in(const payload_view& push) {
  if (!mentions(push, "idem"))
    return std::string{};
  const auto payload = object_of(push);
  const auto* const key = member(payload, "idem");
  if (key == nullptr)
    return std::string{};
  if (!key->IsString() || key->GetStringLength() == 0 || key->GetStringLength() > idem_bytes_max)
    return std::nullopt;
  return std::string{key->GetString(), key->GetStringLength()};
}

std::optional<history_query> history_query_in(const payload_view& push) {
  history_query query;
  const auto payload = object_of(push);
  const auto read = [&](const char* name, auto take) {
    const auto* const value = member(payload, name);
    if (value == nullptr)
      return true;
    const auto number = offset_of(*value);
    if (number)
      take(*number);
    return number.has_value();
  };
  bool has_before = false;
  bool has_after = false;
  const bool is_good =
      read("after", [&](auto n) { query.after = n, has_after = true; }) &&
      read("before", [&](auto n) { query.before = n, has_before = true; }) &&
      read("limit", [&](auto n) { query.limit = static_cast<std::uint32_t>(std::min<std::uint64_t>(n, limit_max)); });
  if (!is_good || query.limit == 0)
    return std::nullopt;
  query.is_newest_first = has_before || !has_after;
  return query;
}

std::optional<std::uint64_t> acknowledged_in(const payload_view& push) {
  const auto payload = object_of(push);
  const auto* const offset = member(payload, "offset");
  return offset != nullptr ? offset_of(*offset) : std::nullopt;
}

} // namespace lintel::protocol
