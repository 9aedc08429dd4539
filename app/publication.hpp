#pragma once

#include "protocol/limits.hpp"
#include "protocol/message.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace lintel::app {

/// Messages of publishers who are no members, as they come over HTTP and from `ctl`. They are read by the decoder that
/// reads clients' messages, so what passes can be sent in every wire format. All throw request_refused.

/// {"topic":…,"event":…,"payload":{…},"idem":…}, idem optional.
protocol::message_ptr read_publication(std::string_view object, const protocol::message_limits& limits);

/// {"messages":[…]} of the above, or {"topics":[…],"event":…,"payload":{…}}: one for each topic. 1,000 at most.
std::vector<protocol::message_ptr> read_publications(std::string_view object, const protocol::message_limits& limits);

/// A question about a topic: `json` is an object of ours. Throws if the topic is no name.
protocol::message_ptr question_about(std::string_view topic, std::string_view json = "{}");

} // namespace lintel::app
