#pragma once

#include "actors/address_book.hpp"
#include "actors/light_process.hpp"
#include "actors/messages.hpp"
#include "actors/namespace_rules.hpp"
#include "actors/room_history.hpp"
#include "actors/room_roster.hpp"
#include "actors/room_supervisor.hpp"
#include "base/bounded_writer.hpp"
#include "base/token_bucket.hpp"
#include "protocol/presence_payload.hpp"

#include <boost/container/small_vector.hpp>

#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace lintel::actors {

class room_presence;
struct room_alarm;

/// One room: the single writer of its topic. Everything a room does happens in the order of its mailbox, and its
/// posts to a worker arrive in order, so all members see the same messages in the same order.
/// Runs on the worker that woke it, normally the sender's: then a broadcast hops no thread on its way to the
/// members there.
class room_actor : public light_process {
public:
  room_actor(caf::actor_config& config, std::string topic, room_supervisor& supervisor, room_limits limits,
             const address_book& book);
  ~room_actor() override;

  const std::string& topic() const noexcept { return topic_; }
  /// Approximate on other threads.
  std::uint32_t members() const noexcept { return members_.load(std::memory_order_relaxed); }
  /// The newest offset of its history; nothing: it keeps none. Approximate on other threads.
  std::optional<std::uint64_t> newest_offset() const noexcept;
  std::size_t write_name(std::span<char> into) const noexcept override {
    return base::bounded_writer{into}.text(topic_).size();
  }
  process_class what() const noexcept override { return process_class::room; }

  /// The registry is about to post a join or a room_request. Kept here, so that it survives the registry.
  void expect_visit() noexcept { visits_sent_.fetch_add(1, std::memory_order_relaxed); }
  std::uint64_t visits_sent() const noexcept { return visits_sent_.load(std::memory_order_relaxed); }
  /// The registry has let go of it: the next join of this topic is for a successor, even after the registry's death.
  void let_go() noexcept { is_let_go_.store(true, std::memory_order_relaxed); }
  bool is_let_go() const noexcept { return is_let_go_.load(std::memory_order_relaxed); }

protected:
  void begin_incarnation() override;
  handled handle(letter_ptr& mail) override;
  void refuse(letter& mail) noexcept override;
  trace_id trace_of(const letter& mail) const noexcept override { return actors::trace_of(mail); }
  supervisors::verdict failed(const exit_report& report) override;
  std::chrono::nanoseconds wait_for_turn() override;
  void ended(const caf::error& reason) noexcept override;

  /// A member's message.
  virtual void push(letter_ptr& mail);
  virtual void members_changed() {}
  /// What the joining member alone is told behind the answer to its join.
  virtual std::vector<presence_news> greet(const client_request& request, const protocol::presence_params& said);
  /// To all members; `answered`, if it waits for an answer, gets its ok with `response` in the same send.
  void broadcast(const protocol::broadcast_ptr& message, const client_request* answered = nullptr,
                 std::string response = {});

private:
  handled take(letter_ptr& mail);

  // who is here: room_actor.cpp
  void join(const client_request& request);
  void admit(const client_request& request, const room_leg_ptr& leg, const protocol::recover_request& wish,
             const protocol::presence_params& said);
  void leave(const room_leave& request);
  void member_gone(std::uint16_t worker);
  void see_visit(letter& mail) noexcept;
  void let_go_of(letter& visit) noexcept;
  void ask_to_retire();
  void refuse_for_now(letter_ptr& mail);

  // who is present: room_attendance.cpp
  room_presence& presence();
  /// A literal.
  std::string_view attend(const client_request& request, const protocol::presence_params& said);
  void push_presence(letter_ptr& mail);
  void take_alarm(const room_alarm& alarm);
  void tell(const presence_news& news);

  // what is said: room_publish.cpp
  void publish(letter_ptr& mail, const protocol::message_ptr& message);
  using paces = std::unordered_map<connection_id, base::token_bucket, connection_id_hash>;
  bool is_too_fast(const client_request& request, paces& so_far, const rate_limit& limit);
  void keep(letter_ptr& mail, const protocol::message_ptr& message, std::string key);
  struct outgoing {
    boost::container::small_vector<std::pair<std::uint16_t, letter_ptr>, 4> letters; ///< to couriers
    std::vector<std::pair<const room_request*, room_answer>> answers;
  };
  outgoing address(const protocol::broadcast_ptr& message, const client_request* answered = nullptr,
                   std::string response = {});
  outgoing announce(const letter& request, const history::entry& what, bool has_key);
  void add_answer(outgoing& news, const letter& request, std::uint64_t offset, bool is_duplicate, bool has_key);
  void tell(outgoing& news);
  void tell_stored();
  void take_log_news(const log_news& news);
  void note_log_news(const log_news& news);
  /// `reason` is a literal.
  void reject(letter& request, std::string_view reason) noexcept;

  // what is asked: room_queries.cpp
  void take_request(letter_ptr& mail);
  void acknowledge(const client_request& request);
  void read_history(letter_ptr& mail, const protocol::payload_view& payload);
  void answer_history(letter& request, const std::vector<history::entry>& found);
  void see_page(history_page& page) noexcept;
  void take_page(history_page& page);
  void reset(letter_ptr& mail);
  void tell_reset();
  void answer(std::uint16_t worker, letter_ptr mail) const { book_.courier(worker).post(std::move(mail)); }

  const std::string topic_;
  const process_ptr<room_supervisor> supervisor_;
  const room_limits limits_;
  const address_book& book_;
  const namespace_rules_ptr rules_;         // never null
  std::unique_ptr<room_history> history_;   // null: nothing is kept
  std::unique_ptr<room_presence> presence_; // null: no member has had to do with it
  std::uint32_t pages_under_way_ = 0;
  paces publish_paces_; // of members that publish, where there is a limit
  paces page_paces_;    // of members that read back
  room_roster roster_;
  std::uint64_t visits_seen_ = 0;
  std::atomic<std::uint64_t> visits_sent_{0};
  std::atomic<bool> is_let_go_{false};
  std::atomic<std::uint32_t> members_{0}; // roster_.members(), for operators
  std::atomic<std::uint64_t> newest_{0};  // history_->newest(), for them too
};

} // namespace lintel::actors
