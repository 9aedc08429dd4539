#pragma once

#include "history/durable_log.hpp"

#include <functional>
#include <string>

namespace lintel::testing {

/// A log that is another one but for what a test overrides.
class passing_log : public history::durable_log {
public:
  explicit passing_log(history::durable_log& to) : to_(to) {}

  void open(std::string topic, history::retention keep, std::uint32_t tail_max, std::uint64_t tail_bytes_max,
            std::function<void(history::opened_topic)> done) override {
    to_.open(std::move(topic), keep, tail_max, tail_bytes_max, std::move(done));
  }
  void append(history::append_order what) override { to_.append(std::move(what)); }
  void read(std::string topic, history::range which, std::function<void(history::read_entries)> done) override {
    to_.read(std::move(topic), which, std::move(done));
  }
  std::uint64_t waiting_bytes() const noexcept override { return to_.waiting_bytes(); }
  void reset(std::string topic, std::function<void(history::opened_topic)> done) override {
    to_.reset(std::move(topic), std::move(done));
  }

private:
  history::durable_log& to_;
};

} // namespace lintel::testing
