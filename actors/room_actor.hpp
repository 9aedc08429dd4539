#pragma once

#include "actors/address_book.hpp"
#include "actors/light_process.hpp"
#include "actors/messages.hpp"
#include "actors/room_roster.hpp"
#include "actors/room_supervisor.hpp"
#include "base/bounded_writer.hpp"

#include <string>

namespace lintel::actors {

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
  std::size_t write_name(std::span<char> into) const noexcept override {
    return base::bounded_writer{into}.text(topic_).size();
  }
  process_class what() const noexcept override { return process_class::room; }

  /// The registry is about to post a join. Kept here, so that it survives the registry.
  void expect_join() noexcept { joins_sent_.fetch_add(1, std::memory_order_relaxed); }
  std::uint64_t joins_sent() const noexcept { return joins_sent_.load(std::memory_order_relaxed); }
  /// The registry has let go of it: the next join of this topic is for a successor, even after the registry's death.
  void let_go() noexcept { is_let_go_.store(true, std::memory_order_relaxed); }
  bool is_let_go() const noexcept { return is_let_go_.load(std::memory_order_relaxed); }

protected:
  handled handle(letter_ptr& mail) override;
  void refuse(letter& mail) noexcept override;
  trace_id trace_of(const letter& mail) const noexcept override { return actors::trace_of(mail); }
  supervisors::verdict failed(const exit_report& report) override;
  std::chrono::nanoseconds wait_for_turn() override;
  void ended(const caf::error& reason) noexcept override;

  virtual void push(const client_request& request);
  virtual void members_changed() {}
  /// To all members; `answered`, if it waits for an answer, gets its ok in the same send.
  void broadcast(const protocol::broadcast_ptr& message, const client_request* answered = nullptr);

private:
  void join(const client_request& request);
  void leave(const room_leave& request);
  void member_gone(std::uint16_t worker);
  void ask_to_retire();
  void answer(std::uint16_t worker, letter_ptr mail) const { book_.courier(worker).post(std::move(mail)); }

  const std::string topic_;
  const process_ptr<room_supervisor> supervisor_;
  const room_limits limits_;
  const address_book& book_;
  room_roster roster_;
  std::uint64_t joins_seen_ = 0;
  std::atomic<std::uint64_t> joins_sent_{0};
  std::atomic<bool> is_let_go_{false};
  std::atomic<std::uint32_t> members_{0}; // roster_.members(), for operators
};

} // namespace lintel::actors
