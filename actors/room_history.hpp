#pragma once

#include "actors/letter.hpp"
#include "actors/light_process.hpp"
#include "actors/log_answer.hpp"
#include "actors/namespace_rules.hpp"
#include "actors/room_services.hpp"
#include "actors/room_supervisor.hpp"
#include "history/kept_topic.hpp"
#include "protocol/stream_payload.hpp"

#include <boost/circular_buffer.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace lintel::actors {

/// One room's side of its topic's history: the messages that are visible, those on their way to the disk, and what the
/// room has to know to recover its members. Survives the room's incarnations. Used by the room alone.
///
///   publish ──memory──▶ visible            publish ──durable──▶ waiting ──stored──▶ visible
///                                                                  └──not stored──▶ refused, and the term ends
class room_history {
public:
  static constexpr std::uint32_t recover_count_max = 300; ///< messages one join can recover (Centrifugo's)
  static constexpr std::size_t retries_max = 256;         ///< that wait: no mailbox bounds them any more

  room_history(const history_rules& rules, const std::string& topic, const room_services& services,
               const room_limits& limits);
  ~room_history();
  /// The room is over: its topic rests, or is the next room's.
  void close();
  room_history(const room_history&) = delete;
  room_history& operator=(const room_history&) = delete;

  enum class readiness : std::uint8_t {
    ready,
    opening, ///< `room` is woken when that is over
    failed,  ///< the log has said no; asked again after a second
  };
  readiness prepare(light_process& room);

  bool is_durable() const noexcept { return rules_.kept >= durability::written; }
  const history::stream& visible() const noexcept { return topic_->messages; }
  /// The offset of the newest message that is; 0: none is, or the history is not open. The room only.
  std::uint64_t newest() const noexcept { return topic_ ? visible().last() : 0; }
  const std::string& epoch() const noexcept { return visible().epoch(); }

  /// One message that is not visible yet, and who waits for that.
  struct waiting {
    letter_ptr request;
    history::entry what;
    std::string key;
    std::uint32_t term = 0;
    std::vector<letter_ptr> retries; ///< the same key again, meanwhile
  };

  /// The offset of the message that had this key; 0: none.
  std::uint64_t offset_of(const std::string& key, std::int64_t now_ms);
  bool is_visible(std::uint64_t offset) const noexcept { return offset <= visible().last(); }
  /// A retry of a message that is still waiting; taken only if it may wait. False: too many do.
  [[nodiscard]] bool wait_for(std::uint64_t offset, letter_ptr& retry);

  /// What the next message to become visible will have.
  history::entry next(protocol::message_ptr message) const;
  /// Memory: visible at once. `what` is next().
  void append(const history::entry& what, const std::string& key);
  /// Durable: visible when the log says so. `request` is taken unless this throws.
  void submit(letter_ptr& request, protocol::message_ptr message, std::string key);
  /// The log has stored everything up to `offset`.
  void note_stored(std::uint32_t term, std::uint64_t offset) noexcept { stored_term_ = term, stored_to_ = offset; }
  /// The oldest message that is stored but not visible yet; null: none.
  waiting* next_stored() noexcept;
  /// Makes that one visible.
  waiting take_stored();
  /// What never will.
  std::vector<waiting> not_stored(std::uint32_t term, std::uint64_t offset);
  std::vector<waiting> give_up() { return take_waiting(0); }
  bool is_waiting() const noexcept { return !waiting_.empty(); }

  struct recovery {
    bool is_complete = false;
    std::vector<history::entry> missed;
  };
  /// What is missing since the position of `wish`, or of the session's last acknowledgement.
  recovery recover(const protocol::recover_request& wish, const std::string& sid);

  /// `stream` of a join's answer, as a member of an object in JSON.
  std::string position_text(bool is_recovered, std::size_t count) const;

  /// False: `offset` was never sent.
  bool acknowledge(const std::string& sid, std::uint64_t offset);

  /// Nothing is missing if only what is visible is read.
  bool holds(const history::range& which) const noexcept;
  history::range bounded(const protocol::history_query& query) noexcept;
  bool has_log() const noexcept { return services_.log != nullptr; }
  history::durable_log& log() const { return *services_.log; }

  /// Begins again with another epoch, once prepare() says `ready`. Not while messages wait. It need not have been ready
  /// before.
  /// `request` is taken unless this throws. The room gets a log_news when it is time to look.
  void begin_anew(light_process& room, letter_ptr& request);
  bool is_beginning_anew() const noexcept { return reset_ != nullptr; }
  /// The request, once that has happened; null: nobody has asked.
  letter_ptr take_reset() noexcept { return std::move(reset_); }
  /// The request, if nothing was forgotten; null also while the log has not answered: it may still do it.
  letter_ptr take_failed_reset() noexcept { return opening_ ? nullptr : std::move(reset_); }

private:
  class scribe;
  history::kept_topic_ptr topic_of(history::opened_topic found) const;
  history::recent_keys& keys();
  template <class Store>
  void keep_with(const std::string& key, const history::entry& what, Store store);
  std::vector<waiting> take_waiting(std::uint64_t from);
  history::retention tail_rules() const noexcept;
  void forget_old() noexcept;
  void forget_capacity() noexcept;

  const history_rules rules_;
  const std::string& name_;
  const room_services& services_;
  const std::uint64_t recover_bytes_max_;
  const std::chrono::milliseconds log_patience_;
  history::kept_topic_ptr topic_;       // null: not open
  std::shared_ptr<log_answer> opening_; // null: nothing was asked
  worker::clock::time_point next_attempt_{};
  std::shared_ptr<scribe> scribe_;          // the log's way to the room
  boost::circular_buffer<waiting> waiting_; // oldest first
  std::size_t retries_ = 0;                 // of all that wait
  std::uint32_t term_ = 0;
  std::uint32_t stored_term_ = 0;
  std::uint64_t stored_to_ = 0;
  letter_ptr reset_;               // who asked for it
  std::int64_t next_sweep_ms_ = 0; // of cursors
};

} // namespace lintel::actors
