#include "history/durable_log.hpp"

namespace lintel::history {

std::string_view name_of(log_error error) noexcept {
  switch (error) {
  case log_error::none: return "none";
  case log_error::disk_full: return "disk_full";
  case log_error::failed: return "failed";
  case log_error::damaged: return "damaged";
  case log_error::closed: return "closed";
  case log_error::misplaced: return "misplaced";
  }
  return "unknown";
}

} // namespace lintel::history
