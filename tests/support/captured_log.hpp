#pragma once

#include <spdlog/sinks/ostream_sink.h>
#include <spdlog/spdlog.h>

#include <memory>
#include <mutex>
#include <sstream>
#include <string>
#include <vector>

namespace lintel::testing {

/// What is logged while it lives, as lines without time and level. Made after whatever silences the log.
class captured_log {
public:
  captured_log() : before_(spdlog::default_logger()) {
    auto sink = std::make_shared<spdlog::sinks::ostream_sink_mt>(text_, true);
    auto logger = std::make_shared<spdlog::logger>("captured", std::move(sink));
    logger->set_pattern("%v");
    logger->set_level(spdlog::level::trace);
    spdlog::set_default_logger(std::move(logger));
  }
  ~captured_log() { spdlog::set_default_logger(before_); }
  captured_log(const captured_log&) = delete;
  captured_log& operator=(const captured_log&) = delete;

  /// Call it when nobody logs any more.
  std::string text() const { return text_.str(); }
  std::vector<std::string> lines() const {
    std::vector<std::string> all;
    std::istringstream in{text()};
    for (std::string line; std::getline(in, line);)
      all.push_back(line);
    return all;
  }

private:
  std::ostringstream text_;
  std::shared_ptr<spdlog::logger> before_;
};

} // namespace lintel::testing
