#pragma once

#include "protocol/message.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace lintel::protocol {

/// What a client may be called: 1 to 255 bytes, and none of the names that every JavaScript object has (`__proto__`,
/// `constructor`, ...). Older Presence classes look keys up in a plain object, and would find those.
bool is_presence_key(std::string_view key) noexcept;

/// `object` is the text of a JSON object that a decoder has let in. Without the members `phx_ref` and `phx_ref_prev`,
/// which are the server's; Phoenix drops them, too. A client may send back what it was sent.
std::string clean_meta(std::string_view object);

/// What the params of a join say about presence:
///
/// | params | what they mean |
/// |---|---|
/// | `{"presence":true}` | tell me who is there |
/// | `{"presence":{"key":"alice"}}` | the same; I may be tracked later, as alice |
/// | `{"presence":{"key":"alice","meta":{...}}}` | the same; track me now |
/// | `{"presence":{"meta":{...}}}`, `{"meta":{...}}` | the same, with a key that the server makes up |
/// | `{"config":{"presence":{"key":"alice","enabled":true}}}` | Supabase's way to say the second one |
///
/// A key may be an integer, `""` and null are none. `presence` goes before `config` and `meta`. `meta` and `config`
/// beside it are an application's own when they are not of this form.
struct presence_params {
  bool is_asked = false;           ///< tell it who is there
  std::string key;                 ///< empty: none
  std::optional<std::string> meta; ///< clean; set: track it now
  bool is_valid = true;            ///< `presence` is of another form: refuse the join
};
presence_params read_presence_params(const payload_view& params);

/// The event `presence`: {"type":"presence","event":"track","payload":{...}} or "untrack", as Supabase's clients send
/// it. `type` may be left out, and `payload`: {}.
struct presence_order {
  enum class kind : std::uint8_t { invalid, track, untrack };
  kind what = kind::invalid;
  std::string meta = "{}"; ///< clean
};
presence_order read_presence_order(const payload_view& payload);

} // namespace lintel::protocol
