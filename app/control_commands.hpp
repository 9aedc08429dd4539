#pragma once

#include "app/operations.hpp"

#include <string>
#include <string_view>

namespace lintel::app {

/// Answers one line of the control protocol (docs/operations.md):
///   {"command":"kill","id":"c0-17-3"}  →  {"ok":true,"result":{"killed":1}}  or  {"ok":false,"error":"..."}
/// Never throws; what a client sends wrong comes back as a sentence.
std::string answer_command(operations& server, std::string_view request);

/// The result alone, as JSON. `asker` is who stands in the log if it does harm. Throws request_refused with a sentence
/// for whoever asked.
std::string command_result(operations& server, std::string_view request, std::string_view asker = "the server");

} // namespace lintel::app
