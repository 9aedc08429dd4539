#include "actors/stack_text.hpp"

#include <spdlog/fmt/fmt.h>

#include <cxxabi.h>
#include <dlfcn.h>

#include <cstdint>
#include <cstdlib>
#include <memory>

namespace lintel::actors {

namespace {

std::string readable(const char* symbol) {
  int status = 0;
  const std::unique_ptr<char, void (*)(void*)> text{abi::__cxa_demangle(symbol, nullptr, nullptr, &status), std::free};
  return status == 0 ? text.get() : symbol;
}

} // namespace

std::string stack_text(std::span<void* const> frames) {
  std::string lines;
  for (std::size_t i = 0; i < frames.size(); ++i) {
    const auto at = reinterpret_cast<std::uintptr_t>(frames[i]);
    Dl_info found{};
    if (::dladdr(frames[i], &found) == 0 || found.dli_fname == nullptr) {
      lines += fmt::format("\n  #{} {:#x}", i, at);
      continue;
    }
    const auto function = found.dli_sname != nullptr ? readable(found.dli_sname) : "?";
    lines += fmt::format("\n  #{} {} ({}+{:#x})", i, function, found.dli_fname,
                         at - reinterpret_cast<std::uintptr_t>(found.dli_fbase));
  }
  return lines;
}

} // namespace lintel::actors
