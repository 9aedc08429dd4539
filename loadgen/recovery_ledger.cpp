#include "loadgen/recovery_ledger.hpp"

#include <fmt/format.h>

#include <utility>

namespace lintel::loadgen {

void recovery_ledger::object(std::uint64_t recovery_verdict::*count, std::uint64_t amount, std::string example) {
  verdict_.*count += amount;
  if (verdict_.first_example.empty())
    verdict_.first_example = std::move(example);
}

void recovery_ledger::join(std::uint32_t client, const stream_answer& stream) {
  clients_[client] = {.epoch = stream.epoch, .offset = stream.offset, .end = stream.offset};
}

std::string recovery_ledger::recover_of(std::uint32_t client) const {
  const place& at = clients_[client];
  return fmt::format(R"({{"epoch":"{}","offset":{},"limit":{}}})", at.epoch, at.offset, missed_);
}

bool recovery_ledger::come_back(std::uint32_t client, const stream_answer& stream) {
  place& at = clients_[client];
  const bool is_whole = stream.is_recovered && stream.epoch == at.epoch && stream.count == missed_ &&
                        stream.offset == at.offset + missed_;
  if (stream.is_recovered)
    ++verdict_.recovered;
  if (!is_whole) {
    object(&recovery_verdict::refused, 1,
           fmt::format(
               "client {} was at {} of {} and missed {}, and was told: recovered {}, {} messages up to {} of {}",
               client, at.offset, at.epoch, missed_, stream.is_recovered, stream.count, stream.offset, stream.epoch));
    return true;
  }
  at.end = stream.offset;
  if (at.end == at.offset)
    ++verdict_.complete;
  return at.end == at.offset;
}

bool recovery_ledger::receive(std::uint32_t client, std::uint64_t offset) {
  place& at = clients_[client];
  if (offset <= at.offset || offset > at.end) {
    object(&recovery_verdict::repeated, 1,
           fmt::format("client {} received {} and had everything up to {}", client, offset, at.offset));
    return false;
  }
  if (const std::uint64_t passed_over = offset - at.offset - 1; passed_over > 0)
    object(&recovery_verdict::left_out, passed_over,
           fmt::format("client {} received {} behind {}", client, offset, at.offset));
  at.offset = offset;
  ++verdict_.messages;
  if (at.offset != at.end)
    return false;
  ++verdict_.complete;
  return true;
}

} // namespace lintel::loadgen
