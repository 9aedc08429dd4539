#include "actors/messages.hpp"

#include <array>
#include <atomic>

namespace lintel::actors {

namespace {

// One per worker, so that the sockets of one do not write to the cache line of another.
struct alignas(64) share {
  std::atomic<std::int64_t> requests{0};
};
std::array<share, 64> shares;

std::atomic<std::int64_t>& share_of(const connection_id& who) noexcept {
  return shares[who.worker % shares.size()].requests;
}

} // namespace

client_request::client_request(connection_id whose, protocol::message_ptr what)
    : letter(letter_kind::inbound_frame), from(whose), message(std::move(what)) {
  share_of(from).fetch_add(1, std::memory_order_relaxed);
}

client_request::~client_request() { share_of(from).fetch_sub(1, std::memory_order_relaxed); }

std::uint64_t client_request::in_flight() noexcept {
  std::int64_t sum = 0;
  for (const auto& one : shares)
    sum += one.requests.load(std::memory_order_relaxed);
  return sum < 0 ? 0 : static_cast<std::uint64_t>(sum);
}

} // namespace lintel::actors
