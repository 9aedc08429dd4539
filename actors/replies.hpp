#pragma once

#include "protocol/encoded_frame.hpp"
#include "protocol/message.hpp"
#include "protocol/wire_format.hpp"

#include <string_view>

namespace lintel::actors {

/// The answer to `request`: {"status":"ok","response":{}}, or an error with {"reason":"..."}.
/// `reason` is one of our literals: it needs no escaping.
/// `json`: the response, an object; empty: {}.
protocol::encoded_frame_ptr ok_reply(protocol::wire_format wire, const protocol::message_view& request,
                                     std::string_view json = {});
protocol::encoded_frame_ptr error_reply(protocol::wire_format wire, const protocol::message_view& request,
                                        std::string_view reason);
/// Ok, with `json` as response.
protocol::encoded_frame_ptr json_reply(protocol::wire_format wire, const protocol::message_view& request,
                                       std::string_view json);
/// On $sys:self, without being asked: `json` says who the connection's actor is now.
protocol::encoded_frame_ptr self_message(protocol::wire_format wire, std::string_view json);
/// As error_reply("unmatched topic"), with a null join_ref (lib/phoenix/socket.ex).
protocol::encoded_frame_ptr unmatched_reply(protocol::wire_format wire, const protocol::message_view& request);

/// A message without sender: phx_close and phx_error, whose ref and join_ref are both the channel's join_ref.
protocol::encoded_frame_ptr lifecycle_message(protocol::wire_format wire, const protocol::ref_view& join_ref,
                                              std::string_view topic, std::string_view event,
                                              std::string_view json_payload);

} // namespace lintel::actors
