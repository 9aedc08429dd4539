#include "actors/presence_ref.hpp"

#include <random>
#include <string_view>

namespace lintel::actors {

namespace {

// RFC 4648 5.
constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

std::uint64_t random_life() {
  std::random_device source;
  return std::uint64_t{source()} << 32 | source();
}

void append_48_bits(std::string& out, std::uint64_t bits) {
  for (int shift = 42; shift >= 0; shift -= 6)
    out.push_back(alphabet[bits >> shift & 0x3f]);
}

} // namespace

presence_refs::presence_refs() : presence_refs(random_life()) {}

std::string presence_refs::next() {
  std::string ref;
  ref.reserve(ref_bytes);
  append_48_bits(ref, life_);
  append_48_bits(ref, made_.fetch_add(1, std::memory_order_relaxed));
  return ref;
}

} // namespace lintel::actors
