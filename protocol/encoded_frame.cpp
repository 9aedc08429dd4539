#include "protocol/encoded_frame.hpp"

#include "base/ensure.hpp"

#include <cstring>
#include <limits>
#include <new>

namespace lintel::protocol {

namespace {

constexpr std::size_t header_bytes_max = 10;

std::size_t header_size(std::size_t payload_size) noexcept {
  return payload_size < 126 ? 2 : payload_size <= 0xffff ? 4 : 10;
}

char byte_of(std::size_t value, unsigned index) noexcept {
  return static_cast<char>(static_cast<unsigned char>(value >> (8 * index)));
}

// RFC 6455 5.2: FIN set, no RSV bit, no mask, the shortest of the three lengths.
char* put_header(char* to, opcode code, std::size_t payload_size) noexcept {
  *to++ = static_cast<char>(0x80U | static_cast<unsigned>(code));
  if (payload_size < 126) {
    *to++ = byte_of(payload_size, 0);
    return to;
  }
  const unsigned length_bytes = payload_size <= 0xffff ? 2 : 8;
  *to++ = static_cast<char>(length_bytes == 2 ? 126 : 127);
  for (unsigned left = length_bytes; left-- > 0;)
    *to++ = byte_of(payload_size, left);
  return to;
}

} // namespace

// One allocation: the bytes stand behind the object, which thereby stays as small as its counter.
encoded_frame* encoded_frame::allocate(std::size_t size) {
  base::ensure(size <= std::numeric_limits<std::uint32_t>::max(), "a frame holds less than 4 GiB");
  void* const memory = ::operator new(sizeof(encoded_frame) + size);
  return ::new (memory) encoded_frame{static_cast<std::uint32_t>(size)};
}

encoded_frame_ptr encoded_frame::make(opcode code, std::string_view payload) {
  auto* const frame = allocate(header_size(payload.size()) + payload.size());
  char* const to = put_header(reinterpret_cast<char*>(frame + 1), code, payload.size());
  if (!payload.empty())
    std::memcpy(to, payload.data(), payload.size());
  return encoded_frame_ptr{frame};
}

encoded_frame_ptr encoded_frame::of_bytes(std::string_view bytes) {
  auto* const frame = allocate(bytes.size());
  std::memcpy(reinterpret_cast<char*>(frame + 1), bytes.data(), bytes.size());
  return encoded_frame_ptr{frame};
}

void encoded_frame::append_to(std::string& out, opcode code, std::string_view payload) {
  char header[header_bytes_max];
  out.append(header, static_cast<std::size_t>(put_header(header, code, payload.size()) - header)).append(payload);
}

void encoded_frame::destroy(const encoded_frame* it) noexcept {
  it->~encoded_frame();
  ::operator delete(const_cast<encoded_frame*>(it));
}

} // namespace lintel::protocol
