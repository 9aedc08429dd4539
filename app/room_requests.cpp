#include "app/room_requests.hpp"

#include <algorithm>
#include <array>

namespace lintel::app {

namespace {

struct known_error {
  std::string_view error;
  unsigned status;
  std::string_view code;
};

constexpr std::array known_errors{
    known_error{"unmatched topic", 404, "not_found"},
    known_error{"no history is kept", 404, "not_found"},
    known_error{"presence is off", 404, "not_found"},
    known_error{"invalid query", 400, "bad_request"},
    known_error{"invalid idem", 400, "bad_request"},
    known_error{"unauthorized", 403, "forbidden"},
    known_error{"messages are on their way; try again", 409, "conflict"},
    known_error{"overloaded", 429, "overloaded"},
    known_error{"crashed", 500, "crashed"},
    known_error{"storage unavailable", 503, "storage_unavailable"},
    known_error{"history is damaged", 503, "storage_unavailable"},
};

} // namespace

void ask_room(const actors::address_book& book, actors::room_request::order what, protocol::message_ptr message,
              std::function<void(actors::room_answer)> then) {
  auto letter = std::make_unique<actors::room_request>(what, std::move(message), std::move(then));
  if (const auto registry = book.registry())
    registry->post(std::move(letter)); // who throws it away settles it: "unavailable"
}

request_refused refusal_of(const std::string& error) {
  const auto* const found = std::ranges::find(known_errors, error, &known_error::error);
  return found == known_errors.end() ? request_refused{503, "unavailable", error}
                                     : request_refused{found->status, found->code, error};
}

} // namespace lintel::app
