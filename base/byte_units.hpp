#pragma once

#include <cstddef>

namespace lintel::base {

consteval std::size_t operator""_KiB(unsigned long long n) { return n * 1024; }
consteval std::size_t operator""_MiB(unsigned long long n) { return n * 1024 * 1024; }

} // namespace lintel::base
