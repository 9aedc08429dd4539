#pragma once

#include "loadgen/churn_plan.hpp"
#include "loadgen/client_socket.hpp"
#include "loadgen/clock.hpp"
#include "loadgen/envelope.hpp"
#include "loadgen/frame_codec.hpp"

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace lintel::loadgen {

/// What happened over many lives.
struct churn_tally {
  std::uint64_t cycles = 0; ///< lives that went as planned
  std::uint64_t failures = 0;
  std::string first_failure;
  std::array<std::uint64_t, parting_count> left_by{};

  std::uint64_t pushes = 0; ///< each is settled once, by one of these
  std::uint64_t answered_ok = 0;
  std::uint64_t answered_with_error = 0;
  std::uint64_t closed = 0;         ///< the connection ended first, as it was meant to
  std::uint64_t unanswered = 0;     ///< still open when the client gave up
  std::uint64_t answered_again = 0; ///< must be 0, as the one above

  void fail(std::string_view why);
};

/// What all clients share.
struct churn_context {
  const endpoint& target;
  const source_addresses& sources;
  const churn_plan& plan;
  churn_tally& tally;
  std::string request;     ///< of the upgrade
  std::vector<char> input; ///< one receive buffer for all
  std::string text{};      ///< scratch
  std::string frame{};     ///< scratch
};

/// One connection after another: each connects, upgrades, joins, pushes, gets its answer and leaves, as far as its step
/// lets it come.
///
///   connecting ─▶ upgrading ─101─▶ joining ─ok─▶ pushing ─ok─▶ (leaving ─ok─▶) parting ─end of stream─▶ over
class churn_client {
public:
  enum class phase : std::uint8_t { over, connecting, upgrading, joining, pushing, leaving, parting };

  /// Begins the life number `cycle`; the one before must be over. False: it is over at once.
  [[nodiscard]] bool open(std::uint64_t cycle, churn_context& context);

  /// The socket reported epoll `events`; edge-triggered.
  void ready(std::uint32_t events, churn_context& context);

  /// Ends a life that takes too long.
  void give_up(churn_context& context);

  phase where() const noexcept { return phase_; }
  time_point opened() const noexcept { return opened_; }
  int fd() const noexcept { return socket_.fd(); }

private:
  void connected(churn_context& context);
  void read_all(churn_context& context);
  void take_upgrade(std::string_view& input, churn_context& context);
  void take_frames(std::string_view& input, churn_context& context);
  void take_message(std::string_view text, churn_context& context);
  void join(churn_context& context);
  void push(churn_context& context);
  void answered(reply_status status, churn_context& context);
  void part(churn_context& context);
  void send_text(churn_context& context);
  void send_bytes(std::string_view bytes, churn_context& context);
  void ended(churn_context& context);
  void fail(std::string_view why, churn_context& context);
  void close(churn_context& context);

  client_socket socket_;
  phase phase_ = phase::over;
  bool has_open_push_ = false;
  churn_step step_;
  std::uint64_t cycle_ = 0;
  time_point opened_;
  std::string unread_;
};

} // namespace lintel::loadgen
