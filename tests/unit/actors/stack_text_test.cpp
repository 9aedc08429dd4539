#include "actors/stack_text.hpp"

#include <catch2/catch.hpp>

#include <array>
#include <cstdlib>

using lintel::actors::stack_text;

TEST_CASE("a frame is a line with its function and its file") {
  const std::array<void*, 1> frames{reinterpret_cast<void*>(&std::abort)};
  const auto text = stack_text(frames);
  CHECK(text.starts_with("\n  #0 abort ("));
  CHECK(text.find("+0x") != std::string::npos);
}

TEST_CASE("an address that belongs to nothing is shown as it is") {
  CHECK(stack_text(std::array<void*, 1>{reinterpret_cast<void*>(0x10)}) == "\n  #0 0x10");
  CHECK(stack_text({}).empty());
}
