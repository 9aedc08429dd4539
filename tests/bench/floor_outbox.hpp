#pragma once

#include "floor_wire.hpp"

#include <sys/uio.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace lintel::bench {

/// Frames waiting for one socket, oldest first. The first two need no memory of their own: an
/// answer and a delivery are what most turns bring most sockets.
class floor_outbox {
public:
  /// Takes over one reference.
  void push(frame* shared) {
    if (count_ < inside_.size()) {
      inside_[count_++] = shared;
      return;
    }
    if (!more_)
      more_ = std::make_unique<std::vector<frame*>>();
    more_->push_back(shared);
  }

  bool is_empty() const noexcept { return count_ == 0; }

  /// What is to be sent next; the number of parts filled.
  std::size_t gather(std::span<iovec> parts) const noexcept {
    std::size_t used = 0;
    for (; used < std::min(size(), parts.size()); ++used)
      parts[used] = {at(used)->bytes(), at(used)->size};
    parts[0] = {at(0)->bytes() + sent_, at(0)->size - sent_};
    return used;
  }

  /// The kernel took so many bytes.
  void sent(std::size_t bytes) {
    bytes += sent_;
    std::size_t whole = 0;
    while (whole < size() && bytes >= at(whole)->size) {
      bytes -= at(whole)->size;
      at(whole++)->release();
    }
    sent_ = static_cast<std::uint32_t>(bytes);
    if (whole == size()) {
      count_ = 0;
      more_.reset();
    } else {
      keep_from(whole);
    }
  }

  void clear() noexcept {
    for (std::size_t i = 0; i < size(); ++i)
      at(i)->release();
    count_ = 0;
    more_.reset();
  }

private:
  std::size_t size() const noexcept { return count_ + (more_ ? more_->size() : 0); }
  frame* at(std::size_t i) const noexcept {
    return i < inside_.size() ? inside_[i] : (*more_)[i - inside_.size()];
  }
  void keep_from(std::size_t first) {
    std::vector<frame*> rest;
    for (std::size_t i = first; i < size(); ++i)
      rest.push_back(at(i));
    count_ = 0;
    more_.reset();
    for (auto* each : rest)
      push(each);
  }

  std::array<frame*, 2> inside_{};
  std::unique_ptr<std::vector<frame*>> more_;
  std::uint32_t sent_ = 0; ///< bytes of the first frame
  std::uint32_t count_ = 0; ///< of inside_
};

} // namespace lintel::bench
