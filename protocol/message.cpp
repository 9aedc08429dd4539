#include "protocol/message.hpp"

#include <cstring>
#include <new>

namespace lintel::protocol {

namespace {

// Copies `from` to `to`, moves `to` behind it and returns the copy.
std::string_view place(char*& to, std::string_view from) noexcept {
  if (!from.empty())
    std::memcpy(to, from.data(), from.size());
  const std::string_view copy{to, from.size()};
  to += from.size();
  return copy;
}

} // namespace

message_ptr message::copy_of(const message_view& source) {
  const std::size_t size = source.join_ref.text.size() + source.ref.text.size() + source.topic.size() +
                           source.event.size() + source.payload.bytes.size();
  void* const memory = ::operator new(sizeof(message) + size);
  auto* const copy = ::new (memory) message{};
  char* to = reinterpret_cast<char*>(copy + 1);
  copy->view_ = source;
  copy->view_.join_ref.text = place(to, source.join_ref.text);
  copy->view_.ref.text = place(to, source.ref.text);
  copy->view_.topic = place(to, source.topic);
  copy->view_.event = place(to, source.event);
  copy->view_.payload.bytes = place(to, source.payload.bytes);
  return message_ptr{copy};
}

void message::destroy(const message* it) noexcept {
  it->~message();
  ::operator delete(const_cast<message*>(it));
}

} // namespace lintel::protocol
