#include "actors/allocator_code.hpp"

#include <dlfcn.h>
#include <link.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

namespace lintel::actors {

namespace {

// What they call inside of libc is not exported; but these wait below it on the stack.
// The last two are glibc's own also where a sanitizer has put its allocator in front of them.
constexpr std::array names{"malloc",         "free",     "calloc",        "realloc",    "aligned_alloc",
                           "posix_memalign", "memalign", "__libc_malloc", "__libc_free"};

struct code_range {
  std::uintptr_t begin = 0;
  std::uintptr_t end = 0;
};
std::array<code_range, names.size()> ranges;

code_range range_of(const char* function) noexcept {
  auto* const at = ::dlsym(RTLD_DEFAULT, function);
  Dl_info where{};
  void* symbol = nullptr;
  if (at == nullptr || ::dladdr1(at, &where, &symbol, RTLD_DL_SYMENT) == 0 || symbol == nullptr)
    return {};
  const auto begin = reinterpret_cast<std::uintptr_t>(at);
  return {begin, begin + static_cast<const ElfW(Sym)*>(symbol)->st_size};
}

} // namespace

void allocator_code::find() noexcept { std::ranges::transform(names, ranges.begin(), range_of); }

// A return address is behind its call, and may be the first one behind the function.
bool allocator_code::contains_any(std::span<void* const> frames) noexcept {
  for (auto* frame : frames)
    for (const auto& range : ranges)
      if (const auto at = reinterpret_cast<std::uintptr_t>(frame); at >= range.begin && at <= range.end && at != 0)
        return true;
  return false;
}

} // namespace lintel::actors
