#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

namespace lintel::fuzz {

/// Stops the run and keeps the input: libFuzzer takes an abort for a finding.
inline void check(bool holds, const char* what) {
  if (holds)
    return;
  std::fprintf(stderr, "does not hold: %s\n", what);
  std::abort();
}

/// Bytes from libFuzzer. The first ones may be taken as choices of the target.
class input {
public:
  input(const std::uint8_t* bytes, std::size_t size) noexcept
      : rest_(reinterpret_cast<const char*>(bytes), size) {}

  unsigned choice() noexcept {
    if (rest_.empty())
      return 0;
    const auto byte = static_cast<unsigned char>(rest_.front());
    rest_.remove_prefix(1);
    return byte;
  }
  std::string_view rest() const noexcept { return rest_; }

private:
  std::string_view rest_;
};

} // namespace lintel::fuzz
