#pragma once

#include <string_view>

namespace lintel::app {

/// docs/openapi.yaml, as it was when this was built.
std::string_view openapi_text() noexcept;

} // namespace lintel::app
