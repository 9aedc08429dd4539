#pragma once

#include <cstdint>

namespace lintel::loadgen {

/// Which rooms a connection speaks in. Where there are fewer connections than rooms, a connection has every
/// `connections`-th of them; else it has one, which it shares.
class room_share {
public:
  /// A Phoenix client of Lintel joins at most so many channels.
  static constexpr std::uint32_t rooms_per_connection_max = 100;

  room_share(std::uint32_t rooms, std::uint32_t connections) noexcept : rooms_(rooms), connections_(connections) {}

  std::uint32_t count_of(std::uint32_t connection) const noexcept {
    return connections_ >= rooms_ ? 1 : (rooms_ - connection - 1) / connections_ + 1;
  }
  /// The room of a connection's channel 0, 1, 2 ...
  std::uint32_t room_of(std::uint32_t connection, std::uint32_t channel) const noexcept {
    return connections_ >= rooms_ ? connection % rooms_ : connection + channel * connections_;
  }
  std::uint32_t channels() const noexcept { return connections_ >= rooms_ ? connections_ : rooms_; }
  bool is_possible() const noexcept {
    return rooms_ > 0 && connections_ > 0 && count_of(0) <= rooms_per_connection_max;
  }

private:
  std::uint32_t rooms_;
  std::uint32_t connections_;
};

} // namespace lintel::loadgen
