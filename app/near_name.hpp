#pragma once

#include <span>
#include <string>
#include <string_view>

namespace lintel::app {

/// The name that somebody meant who wrote another one; empty: none is near enough.
std::string near_name(std::string_view written, std::span<const std::string> names);

} // namespace lintel::app
