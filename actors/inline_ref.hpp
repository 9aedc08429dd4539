#pragma once

#include "protocol/message.hpp"

#include <array>
#include <cstring>
#include <memory>
#include <string_view>

namespace lintel::actors {

/// A join_ref that a channel keeps: 16 bytes. Clients count their refs, so the text is a few digits; a longer one
/// (up to 255 bytes are legal) goes to the heap.
class inline_ref {
public:
  inline_ref() noexcept = default;
  explicit inline_ref(const protocol::ref_view& ref)
      : kind_(ref.kind), size_(static_cast<std::uint8_t>(ref.text.size())) {
    auto* to = text_.data();
    if (size_ > text_.size()) {
      auto* heap = new char[size_];
      std::memcpy(text_.data(), &heap, sizeof heap);
      to = heap;
    }
    std::memcpy(to, ref.text.data(), size_);
  }
  inline_ref(inline_ref&& other) noexcept : kind_(other.kind_), size_(other.size_), text_(other.text_) {
    other.size_ = 0;
  }
  inline_ref& operator=(inline_ref&& other) noexcept {
    std::swap(kind_, other.kind_);
    std::swap(size_, other.size_);
    std::swap(text_, other.text_);
    return *this;
  }
  ~inline_ref() {
    if (is_on_heap())
      delete[] heap_text();
  }

  protocol::ref_view view() const noexcept { return {kind_, {is_on_heap() ? heap_text() : text_.data(), size_}}; }

private:
  bool is_on_heap() const noexcept { return size_ > text_.size(); }
  char* heap_text() const noexcept {
    char* heap;
    std::memcpy(&heap, text_.data(), sizeof heap);
    return heap;
  }

  protocol::ref_view::type kind_ = protocol::ref_view::type::null;
  std::uint8_t size_ = 0;
  std::array<char, 14> text_{};
};
static_assert(sizeof(inline_ref) == 16);

} // namespace lintel::actors
