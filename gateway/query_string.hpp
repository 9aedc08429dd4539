#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace lintel::gateway {

/// The value of `key` in application/x-www-form-urlencoded text, decoded; nullopt when absent. The first one counts.
std::optional<std::string> query_value(std::string_view query, std::string_view key);

} // namespace lintel::gateway
