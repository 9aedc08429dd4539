#pragma once

#include "actors/letter.hpp"
#include "protocol/message.hpp"

#include <cstdint>

namespace lintel::actors {

struct connection_id;

/// Joins the lines of the log that are about one request of a client, wherever it went: its connection, the registry,
/// its room, the courier. Nothing travels with the request: the number is made, when a line is written, from what every
/// letter about the request has. 0: no client's request. Not secret, not unique: a client that sends a ref twice has
/// two requests with one number. The same in every run.
using trace_id = std::uint64_t;

/// FNV-1a of who asked and of join_ref, ref and topic. Never of the payload.
trace_id trace_of(const connection_id& from, const protocol::message_view& request) noexcept;

/// For processes of ours, whose letters are those of messages.hpp.
trace_id trace_of(const letter& mail) noexcept;

} // namespace lintel::actors
