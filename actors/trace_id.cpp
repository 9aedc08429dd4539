#include "actors/trace_id.hpp"

#include "actors/messages.hpp"

#include <type_traits>

namespace lintel::actors {

namespace {

// http://www.isthe.com/chongo/tech/comp/fnv/: 64 bits, variant 1a.
class fnv1a {
public:
  void add(std::string_view text) noexcept {
    for (const char c : text)
      add_byte(static_cast<unsigned char>(c));
    add_byte(0xff); // no UTF-8 text has it: "ab" "c" is not "a" "bc"
  }
  template <class Number>
  requires std::is_unsigned_v<Number>
  void add(Number number) noexcept {
    for (std::size_t i = 0; i < sizeof number; ++i)
      add_byte(static_cast<unsigned char>(number >> 8 * i));
  }
  trace_id value() const noexcept { return hash_ != 0 ? hash_ : 1; }

private:
  void add_byte(unsigned char byte) noexcept { hash_ = (hash_ ^ byte) * 0x100000001b3; }

  std::uint64_t hash_ = 0xcbf29ce484222325;
};

trace_id of(const connection_id& from, const protocol::message_ptr& request) noexcept {
  return request ? trace_of(from, request->view()) : 0;
}

} // namespace

trace_id trace_of(const connection_id& from, const protocol::message_view& request) noexcept {
  fnv1a hash;
  hash.add(from.worker);
  hash.add(from.slot);
  hash.add(from.generation);
  for (const auto& ref : {request.join_ref, request.ref}) {
    hash.add(static_cast<std::uint8_t>(ref.kind));
    hash.add(ref.text);
  }
  hash.add(request.topic);
  return hash.value();
}

trace_id trace_of(const letter& mail) noexcept {
  switch (mail.kind) {
  case letter_kind::inbound_frame:
  case letter_kind::room_join:
  case letter_kind::room_push: {
    const auto& it = static_cast<const client_request&>(mail);
    return of(it.from, it.message);
  }
  case letter_kind::room_leave: {
    const auto& it = static_cast<const room_leave&>(mail);
    return of(it.from, it.request);
  }
  case letter_kind::room_delivery: {
    const auto& it = static_cast<const room_delivery&>(mail);
    return of(it.answer_to, it.answered); // the sender's worker; the others do not know whose it is
  }
  case letter_kind::join_settled: {
    const auto& it = static_cast<const join_settled&>(mail);
    return of(it.to, it.request);
  }
  case letter_kind::leave_settled: {
    const auto& it = static_cast<const leave_settled&>(mail);
    return of(it.to, it.request);
  }
  case letter_kind::request_settled: {
    const auto& it = static_cast<const request_settled&>(mail);
    return of(it.to, it.request);
  }
  default: return 0;
  }
}

} // namespace lintel::actors
