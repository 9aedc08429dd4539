#include "protocol/topic_name.hpp"

#include "protocol/limits.hpp"

#include <algorithm>
#include <array>

namespace lintel::protocol {

namespace {

constexpr std::array<bool, 256> name_bytes() {
  std::array<bool, 256> allowed{};
  constexpr std::string_view all = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
                                   "_.:~@#$%&*+=!/?-";
  for (const char each : all)
    allowed[static_cast<unsigned char>(each)] = true;
  return allowed;
}

constexpr auto is_name_byte = name_bytes();

} // namespace

bool is_name(std::string_view text) noexcept {
  return !text.empty() && text.size() <= name_bytes_max && std::all_of(text.begin(), text.end(), [](char each) {
    return is_name_byte[static_cast<unsigned char>(each)];
  });
}

bool is_reserved_event(std::string_view event) noexcept {
  if (event.starts_with("phx_"))
    return event != "phx_join" && event != "phx_leave";
  return event == "presence_state" || event == "presence_diff" || event == "presence_count" ||
         event == "stream_reset";
}

} // namespace lintel::protocol
