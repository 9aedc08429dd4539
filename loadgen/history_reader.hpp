#pragma once

#include "loadgen/offset_ledger.hpp"
#include "loadgen/phoenix_crowd.hpp"
#include "loadgen/room_share.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace lintel::loadgen {

/// Reads the histories of all rooms with connections of its own, by the event `history`, into the ledger. One thread.
class history_reader final : public phoenix_observer {
public:
  struct plan {
    std::uint32_t rooms = 1;
    std::string topic_prefix;
    std::uint64_t kept = 100; ///< newest messages of a topic that have to be there
  };

  /// `ledger` must outlive it.
  history_reader(plan wanted, const endpoint& target, const source_addresses& sources, offset_ledger& ledger);

  /// Empty: all has been read that there is; else why not.
  std::string read_all();

  std::uint64_t messages_read() const noexcept { return messages_read_; }

private:
  void opened(std::uint32_t socket) override;
  void heard(std::uint32_t socket, const envelope& message) override;
  void lost(std::uint32_t socket, std::string_view why) override;

  void join_next(std::uint32_t socket);
  void ask(std::uint32_t socket);
  void ask_those_who_wait();
  void take_page(std::uint32_t socket, const envelope& message);
  std::uint32_t room_of(std::uint32_t socket) const noexcept {
    return share_.room_of(socket, cursors_[socket].channel);
  }

  struct cursor {
    std::uint32_t channel = 0;
    std::uint64_t after = 0;
    std::optional<time_point> ask_again_at; ///< a server paces who reads: it has said when
  };

  plan plan_;
  room_share share_;
  offset_ledger& ledger_;
  phoenix_context context_;
  phoenix_crowd crowd_;
  std::vector<cursor> cursors_; ///< by socket
  std::uint32_t rooms_read_ = 0;
  std::uint64_t messages_read_ = 0;
  std::string problem_;
};

} // namespace lintel::loadgen
