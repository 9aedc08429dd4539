#pragma once

#include "loadgen/histogram.hpp"
#include "loadgen/offset_ledger.hpp"
#include "loadgen/phoenix_crowd.hpp"
#include "loadgen/room_share.hpp"
#include "loadgen/stream_message.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace lintel::loadgen {

struct publish_plan {
  std::uint32_t connections = 1;
  std::uint32_t rooms = 1;
  std::uint32_t outstanding = 1; ///< of each connection
  std::string topic_prefix;
  std::string event = "new_msg";
  std::size_t payload_bytes = 64;
  std::uint64_t seed = 1;
  std::string key_prefix;                            ///< every push has an idempotency key that begins so; empty: none
  std::optional<std::uint32_t> messages_per_channel; ///< none: until stop()
};

/// What publishers saw in a stretch of time.
struct publish_figures {
  std::uint64_t acknowledged = 0;
  std::uint64_t deliveries = 0;
  histogram latency; ///< from the push to its ok
};

/// What went wrong; all of it must be 0.
struct publish_faults {
  std::uint64_t refused = 0;    ///< answered with an error
  std::uint64_t duplicates = 0; ///< taken for one that was published before
  std::uint64_t without_offset = 0;
  std::uint64_t out_of_order = 0; ///< deliveries whose offset is not the next one
  std::uint64_t lost_sockets = 0;
  std::uint64_t unexpected = 0; ///< messages that a correct server would not send
  std::string first_example;

  void note(std::uint64_t publish_faults::*count, std::string example);
};

/// Publishers in a closed loop: each connection has so many pushes under way, in its rooms in turn. They hear the
/// offsets of their rooms. One thread.
class publisher final : public phoenix_observer {
public:
  /// `ledger` must outlive it.
  publisher(const publish_plan& plan, const endpoint& target, const source_addresses& sources, offset_ledger& ledger);

  /// Connects and joins. Throws cannot_run when somebody is refused, or nobody gets ahead for 10 s.
  void join();

  void begin();
  void stop() noexcept { is_running_ = false; }
  /// All that is to be pushed has been pushed and answered.
  bool is_done() const noexcept { return pending_count_ == 0 && (!is_running_ || unsent_channels_ == 0); }

  /// Serves the sockets once, up to `limit`.
  void turn(nanoseconds limit) { crowd_.turn(limit); }
  /// Serves until all is done. False: nothing was answered for 10 s.
  bool finish();

  /// Counts into `into` from now on; null: into nothing.
  void measure(publish_figures* into) noexcept { figures_ = into; }

  const publish_faults& faults() const noexcept { return faults_; }
  std::uint64_t pushed_count() const noexcept { return pushed_count_; }
  /// Pushes whose answer will not come: their socket was lost, or finish() gave up.
  std::uint64_t unanswered_count() const noexcept { return unanswered_count_; }

private:
  struct pending {
    std::uint32_t ref;
    std::uint32_t channel;
    std::uint32_t sequence;
    time_point pushed;
  };
  struct channel_state {
    std::uint64_t heard = 0; ///< offset of the last message
    std::uint32_t pushed_count = 0;
  };
  struct connection_state {
    std::uint32_t next_ref = 0;
    std::uint32_t next_channel = 0;
    std::uint32_t next_sequence = 1;
    std::vector<channel_state> channels;
    std::vector<pending> pushes;
  };

  void opened(std::uint32_t socket) override;
  void heard(std::uint32_t socket, const envelope& message) override;
  void lost(std::uint32_t socket, std::string_view why) override;

  void joined(std::uint32_t socket, std::uint32_t channel, const envelope& message);
  void answered(std::uint32_t socket, std::uint32_t ref, const envelope& message);
  void delivered(std::uint32_t socket, const envelope& message);
  void push(std::uint32_t socket);
  void give_up(connection_state& from);
  std::optional<std::uint32_t> next_channel(connection_state& from) noexcept;
  void write_payload(const message_stamp& stamp);

  publish_plan plan_;
  room_share share_;
  offset_ledger& ledger_;
  phoenix_context context_;
  phoenix_crowd crowd_;
  std::vector<connection_state> connections_;
  std::vector<std::string> topics_; ///< by room
  std::string filler_;
  publish_figures* figures_ = nullptr;
  publish_faults faults_;
  std::uint64_t pushed_count_ = 0;
  std::uint64_t answered_count_ = 0;
  std::uint64_t pending_count_ = 0;
  std::uint64_t unanswered_count_ = 0;
  std::uint64_t joined_count_ = 0;
  std::uint64_t unsent_channels_ = 0; ///< with something left to push
  bool is_running_ = false;
  std::string payload_; ///< scratch
};

} // namespace lintel::loadgen
