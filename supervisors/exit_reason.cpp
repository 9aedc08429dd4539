#include "supervisors/exit_reason.hpp"

#include "supervisors/bounded_text.hpp"
#include <caf/exit_reason.hpp>
#include <caf/make_message.hpp>
#include <caf/message.hpp>

namespace lintel::supervisors {
namespace {

const auto category = caf::atom("supervisor");

bool is_ours(const caf::error& reason) {
  return reason && reason.category() == category;
}

caf::error make_reason(errc code, const std::string& why) {
  return {static_cast<std::uint8_t>(code), category, caf::make_message(why)};
}

} // namespace

caf::error exit_reason_of(const finish& ending) {
  switch (ending.cause) {
    case finish_cause::gave_up:
      return make_reason(errc::gave_up, ending.why);
    case finish_cause::failed_to_start:
      return make_reason(errc::failed_to_start, ending.why);
    case finish_cause::asked:
    case finish_cause::auto_shutdown:
      break;
  }
  return caf::exit_reason::user_shutdown;
}

exit_class class_of(const caf::error& reason) {
  if (!reason)
    return exit_class::normal;
  if (is_ours(reason))
    return exit_class::gave_up;
  if (reason == caf::exit_reason::user_shutdown)
    return exit_class::shutdown;
  if (reason == caf::exit_reason::kill)
    return exit_class::kill;
  return exit_class::crash;
}

std::string text_of(const caf::error& reason) {
  if (!reason)
    return "normal";
  if (reason.context().match_elements<std::string>())
    return bounded(reason.context().get_as<std::string>(0));
  return bounded(caf::to_string(reason));
}

} // namespace lintel::supervisors
