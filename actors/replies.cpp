#include "actors/replies.hpp"

#include "actors/system_topic.hpp"
#include "protocol/encoder.hpp"

#include <string>

namespace lintel::actors {

using protocol::encode_message;
using protocol::encode_reply;
using protocol::encoded_frame_ptr;
using protocol::message_view;
using protocol::payload_format;
using protocol::ref_view;
using protocol::wire_format;

encoded_frame_ptr ok_reply(wire_format wire, const message_view& request, std::string_view json) {
  const protocol::payload_view response{.bytes = json.empty() ? std::string_view{"{}"} : json};
  return encode_reply(wire, {request.join_ref, request.ref, request.topic, "ok", response});
}

encoded_frame_ptr error_reply(wire_format wire, const message_view& request, std::string_view reason) {
  std::string response = R"({"reason":")";
  response.append(reason).append(R"("})");
  return encode_reply(wire, {request.join_ref, request.ref, request.topic, "error", {payload_format::json, response}});
}

encoded_frame_ptr json_reply(wire_format wire, const message_view& request, std::string_view json) {
  return encode_reply(wire, {request.join_ref, request.ref, request.topic, "ok", {payload_format::json, json}});
}

encoded_frame_ptr self_message(wire_format wire, std::string_view json) {
  return encode_message(wire, {{}, {}, system_self, "self", {payload_format::json, json}});
}

encoded_frame_ptr unmatched_reply(wire_format wire, const message_view& request) {
  auto without_join_ref = request;
  without_join_ref.join_ref = {};
  return error_reply(wire, without_join_ref, "unmatched topic");
}

encoded_frame_ptr lifecycle_message(wire_format wire, const ref_view& join_ref, std::string_view topic,
                                    std::string_view event, std::string_view json_payload) {
  return encode_message(wire, {join_ref, join_ref, topic, event, {payload_format::json, json_payload}});
}

} // namespace lintel::actors
