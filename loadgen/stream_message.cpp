#include "loadgen/stream_message.hpp"

#include <rapidjson/document.h>

#include <charconv>

namespace lintel::loadgen {

namespace {

/// The member `name` of `object`, where there is one.
const rapidjson::Value* member(const rapidjson::Value* object, const char* name) {
  if (object == nullptr || !object->IsObject())
    return nullptr;
  const auto found = object->FindMember(name);
  return found == object->MemberEnd() ? nullptr : &found->value;
}

std::optional<std::uint64_t> number_in(const rapidjson::Value* object, const char* name) {
  const auto* value = member(object, name);
  return value != nullptr && value->IsUint64() ? std::optional{value->GetUint64()} : std::nullopt;
}

std::optional<std::uint64_t> whole_number(std::string_view text) noexcept {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc{} && end == text.data() + text.size() ? std::optional{number} : std::nullopt;
}

std::optional<std::uint64_t> number_behind(std::string_view name, std::string_view text) noexcept {
  const std::size_t at = text.find(name);
  if (at == text.npos)
    return std::nullopt;
  const std::string_view rest = text.substr(at + name.size());
  return whole_number(rest.substr(0, rest.find_first_of(",}")));
}

std::optional<message_stamp> stamp_of(const rapidjson::Value* payload) {
  const auto sender = number_in(payload, "s");
  const auto sequence = number_in(payload, "n");
  const auto intended = number_in(payload, "t");
  if (!sender || !sequence || !intended)
    return std::nullopt;
  return message_stamp{static_cast<std::uint32_t>(*sender), static_cast<std::uint32_t>(*sequence),
                       from_ns(static_cast<std::int64_t>(*intended))};
}

} // namespace

std::optional<stream_answer> read_stream(std::string_view reply) {
  rapidjson::Document document;
  document.Parse(reply.data(), reply.size());
  if (document.HasParseError())
    return std::nullopt;
  const auto* stream = member(member(&document, "response"), "stream");
  const auto* epoch = member(stream, "epoch");
  const auto* recovered = member(stream, "recovered");
  const auto offset = number_in(stream, "offset");
  const auto count = number_in(stream, "count");
  if (epoch == nullptr || !epoch->IsString() || recovered == nullptr || !recovered->IsBool() || !offset || !count)
    return std::nullopt;
  return stream_answer{.epoch = epoch->GetString(),
                       .offset = *offset,
                       .is_recovered = recovered->GetBool(),
                       .count = static_cast<std::uint32_t>(*count)};
}

std::optional<std::uint64_t> offset_of_ref(std::string_view ref) noexcept {
  if (!ref.starts_with('@'))
    return std::nullopt;
  return whole_number(ref.substr(1));
}

std::optional<std::uint64_t> offset_of_answer(std::string_view reply) noexcept {
  return number_behind(R"("offset":)", reply);
}

bool is_duplicate(std::string_view reply) noexcept { return reply.find(R"("duplicate":true)") != reply.npos; }

std::optional<std::chrono::milliseconds> retry_after_of(std::string_view reply) noexcept {
  const auto wait_ms = number_behind(R"("retry_after_ms":)", reply);
  return wait_ms ? std::optional{std::chrono::milliseconds{*wait_ms}} : std::nullopt;
}

std::optional<history_page> read_history(std::string_view reply) {
  rapidjson::Document document;
  document.Parse(reply.data(), reply.size());
  if (document.HasParseError())
    return std::nullopt;
  const auto* response = member(&document, "response");
  const auto newest = number_in(response, "offset");
  const auto* messages = member(response, "messages");
  if (!newest || messages == nullptr || !messages->IsArray())
    return std::nullopt;
  history_page page{.newest = *newest, .messages = {}};
  page.messages.reserve(messages->Size());
  for (const auto& each : messages->GetArray()) {
    const auto offset = number_in(&each, "offset");
    if (!offset)
      return std::nullopt;
    page.messages.push_back({*offset, stamp_of(member(&each, "payload"))});
  }
  return page;
}

} // namespace lintel::loadgen
