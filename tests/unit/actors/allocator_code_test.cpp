#include "actors/allocator_code.hpp"

#include <catch2/catch.hpp>

#include <array>
#include <cstdlib>
#include <dlfcn.h>

using lintel::actors::allocator_code;

TEST_CASE("a stack that passes through malloc is told from one that does not") {
  allocator_code::find();
  auto* const elsewhere = ::dlsym(RTLD_DEFAULT, "abort");
  for (const auto* name : {"malloc", "free", "realloc"}) {
    auto* const begin = static_cast<char*>(::dlsym(RTLD_DEFAULT, name));
    REQUIRE(begin != nullptr);
    CHECK(allocator_code::contains_any(std::array<void*, 2>{elsewhere, begin + 8}));
  }
  CHECK_FALSE(allocator_code::contains_any(std::array<void*, 2>{elsewhere, nullptr}));
  CHECK_FALSE(allocator_code::contains_any({}));
}
