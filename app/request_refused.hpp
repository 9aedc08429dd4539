#pragma once

#include <stdexcept>
#include <string>
#include <string_view>

namespace lintel::app {

/// What somebody outside asks cannot be done. Carries what HTTP says of it; `ctl` prints the sentence alone.
struct request_refused : std::runtime_error {
  request_refused(unsigned http_status, std::string_view what_code, const std::string& sentence)
      : std::runtime_error(sentence), status(http_status), code(what_code) {}
  unsigned status;
  std::string_view code; ///< a literal
};

struct bad_request : request_refused {
  explicit bad_request(const std::string& sentence) : request_refused(400, "bad_request", sentence) {}
};

struct not_found : request_refused {
  explicit not_found(const std::string& sentence) : request_refused(404, "not_found", sentence) {}
};

struct overloaded : request_refused {
  explicit overloaded(const std::string& sentence) : request_refused(429, "overloaded", sentence) {}
};

} // namespace lintel::app
