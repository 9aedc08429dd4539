#pragma once

#include "actors/letter.hpp"

#include <caf/mailbox_element.hpp>

#include <atomic>
#include <cstdint>

namespace lintel::actors {

/// One node of an inbox: a letter of ours or a message of CAF, told apart by the lowest pointer bit but one.
class mail_node {
public:
  constexpr mail_node() noexcept = default;
  explicit mail_node(letter* l) noexcept : bits_(reinterpret_cast<std::uintptr_t>(l) | letter_tag) {}
  explicit mail_node(caf::mailbox_element* m) noexcept : bits_(reinterpret_cast<std::uintptr_t>(m)) {}

  explicit operator bool() const noexcept { return bits_ != 0; }
  bool is_letter() const noexcept { return (bits_ & letter_tag) != 0; }
  letter* as_letter() const noexcept { return reinterpret_cast<letter*>(bits_ & ~letter_tag); }
  caf::mailbox_element* as_caf() const noexcept { return reinterpret_cast<caf::mailbox_element*>(bits_); }
  mail_node next() const noexcept;
  void set_next(mail_node n) const noexcept;

private:
  friend class inbox;
  static constexpr std::uintptr_t letter_tag = 2;
  static constexpr mail_node raw(std::uintptr_t bits) noexcept {
    mail_node n;
    n.bits_ = bits;
    return n;
  }
  std::uintptr_t bits_ = 0;
};

inline mail_node mail_node::next() const noexcept {
  if (is_letter())
    return raw(reinterpret_cast<std::uintptr_t>(as_letter()->next));
  return raw(reinterpret_cast<std::uintptr_t>(as_caf()->next));
}

inline void mail_node::set_next(mail_node n) const noexcept {
  if (is_letter())
    as_letter()->next = reinterpret_cast<letter*>(n.bits_);
  else
    as_caf()->next = reinterpret_cast<caf::mailbox_element::node_pointer>(n.bits_);
}

/// Many writers, one reader, one word: a LIFO of nodes that the reader turns around.
/// The word says whether the reader sleeps, so that only the push that ends its sleep schedules it.
class inbox {
public:
  enum class pushed : std::uint8_t { queued, woke_reader, refused };

  /// Any thread. `refused`: the inbox is closed and the node still belongs to the caller.
  [[nodiscard]] pushed push(mail_node node) noexcept {
    auto head = head_.load(std::memory_order_relaxed);
    for (;;) {
      if (head == closed)
        return pushed::refused;
      node.set_next(mail_node::raw(head == asleep ? empty : head));
      if (head_.compare_exchange_weak(head, node.bits_, std::memory_order_acq_rel, std::memory_order_relaxed))
        return head == asleep ? pushed::woke_reader : pushed::queued;
    }
  }

  /// Reader only. False: mail came in between.
  [[nodiscard]] bool fall_asleep() noexcept {
    auto expected = empty;
    return head_.compare_exchange_strong(expected, asleep, std::memory_order_acq_rel);
  }

  /// Reader only: everything so far, oldest first.
  [[nodiscard]] mail_node take_all() noexcept {
    if (head_.load(std::memory_order_relaxed) == empty)
      return {};
    return oldest_first(head_.exchange(empty, std::memory_order_acq_rel));
  }

  /// Reader only: later pushes are refused. Returns what was left, oldest first.
  [[nodiscard]] mail_node close() noexcept {
    auto head = head_.exchange(closed, std::memory_order_acq_rel);
    return head == asleep || head == closed ? mail_node{} : oldest_first(head);
  }

private:
  static constexpr std::uintptr_t empty = 0, asleep = 1, closed = 3;

  static mail_node oldest_first(std::uintptr_t newest) noexcept {
    mail_node turned;
    for (auto n = mail_node::raw(newest); n;) {
      auto older = n.next();
      n.set_next(turned);
      turned = n;
      n = older;
    }
    return turned;
  }

  std::atomic<std::uintptr_t> head_{empty};
};

} // namespace lintel::actors
