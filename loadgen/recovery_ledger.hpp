#pragma once

#include "loadgen/stream_message.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace lintel::loadgen {

/// What came back to those who had been away. All but the first three must be 0.
struct recovery_verdict {
  std::uint64_t complete = 0;  ///< clients that have everything they missed
  std::uint64_t recovered = 0; ///< clients that were told `recovered: true`
  std::uint64_t messages = 0;  ///< recovered, each at its first arrival
  std::uint64_t refused = 0;   ///< clients that were told false, or another number than they missed
  std::uint64_t repeated = 0;  ///< messages that came again
  std::uint64_t left_out = 0;  ///< offsets that were passed over
  std::string first_example;
};

/// Every client's place in its stream, before and after. Pure.
class recovery_ledger {
public:
  recovery_ledger(std::uint32_t clients, std::uint32_t missed) : clients_(clients), missed_(missed) {}

  /// The client joined for the first time, and its stream stands there.
  void join(std::uint32_t client, const stream_answer& stream);

  /// What the client asks for when it comes back: the value of `recover`.
  std::string recover_of(std::uint32_t client) const;

  /// The answer to that. True: there is nothing to wait for, for this client has everything or will not get it.
  bool come_back(std::uint32_t client, const stream_answer& stream);

  /// A message with its offset. True: the client has everything now, since this one.
  bool receive(std::uint32_t client, std::uint64_t offset);

  const recovery_verdict& verdict() const noexcept { return verdict_; }

private:
  struct place {
    std::string epoch;
    std::uint64_t offset = 0; ///< of the last message that it has, or had when it left
    std::uint64_t end = 0;    ///< of the last message that it will get
  };

  void object(std::uint64_t recovery_verdict::*count, std::uint64_t amount, std::string example);

  std::vector<place> clients_;
  std::uint32_t missed_;
  recovery_verdict verdict_;
};

} // namespace lintel::loadgen
