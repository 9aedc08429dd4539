#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace lintel::loadgen {

/// How a client of the churn leaves.
enum class parting : std::uint8_t {
  close_frame,   ///< the closing handshake of RFC 6455
  leave,         ///< phx_leave and its answer first, then the end of the stream
  end_of_stream, ///< TCP's FIN, without a word
  reset,         ///< TCP's RST, without a word
  mid_handshake, ///< with half of the HTTP request sent
  mid_frame,     ///< with half of a frame sent
  mid_join,      ///< without waiting for the join's answer
  mid_push,      ///< without waiting for the push's answer
};
inline constexpr std::size_t parting_count = static_cast<std::size_t>(parting::mid_push) + 1;

std::string_view name_of(parting how) noexcept;

/// One connection's life, decided before it begins.
struct churn_step {
  parting how = parting::close_frame;
  bool is_reset = false; ///< the end in the middle of something: RST; else FIN
  std::uint32_t room = 0;
};

/// The same steps for the same seed, in whatever order they are asked for.
class churn_plan {
public:
  churn_plan(std::uint64_t seed, std::uint32_t rooms) : seed_(seed), rooms_(rooms) {}

  churn_step step(std::uint64_t cycle) const noexcept;

private:
  std::uint64_t seed_;
  std::uint32_t rooms_;
};

} // namespace lintel::loadgen
