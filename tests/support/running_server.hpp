#pragma once

#include "app/control_client.hpp"
#include "app/server.hpp"
#include "tests/support/tcp_client.hpp"
#include "tests/support/waiting.hpp"

#include <catch2/catch.hpp>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <memory>
#include <stdexcept>
#include <string>

namespace lintel::testing {

/// A whole server on a free port, with two workers and a data directory of its own.
class running_server {
public:
  explicit running_server(app::server_config config = {}) : data_dir_(new_directory()) {
    spdlog::set_level(spdlog::level::off);
    config.gateway.port = 0;
    if (config.workers == 0)
      config.workers = 2;
    config.data_dir = data_dir_;
    config.stuck = {}; // a slow machine is no reason to warn
    server_ = std::make_unique<app::server>(std::move(config));
    control_ = std::make_unique<app::control_client>(data_dir_);
  }
  ~running_server() {
    if (control_)
      check_all_handled();
    control_.reset();
    server_.reset();
    std::error_code ignored;
    std::filesystem::remove_all(data_dir_, ignored);
  }

  std::uint16_t port() const { return server_->port(); }
  app::server& server() { return *server_; }
  const std::filesystem::path& data_dir() const { return data_dir_; }

  tcp_client connect(tcp_client::options with = {}) {
    tcp_client client{port(), with};
    client.upgrade();
    return client;
  }

  std::string ask(const std::string& request) { return control_->ask(request); }
  std::uint64_t counter(const std::string& name) {
    const auto answer = ask(R"({"command":"counters"})");
    const auto at = answer.find("\"" + name + "\":");
    if (at == std::string::npos)
      throw std::runtime_error{"no counter " + name + " in " + answer};
    return std::stoull(answer.substr(at + name.size() + 3));
  }
  /// Asks until the counter is `value`: what other threads do about a socket is not told to us.
  bool counter_becomes(const std::string& name, std::uint64_t value) {
    const auto deadline = std::chrono::steady_clock::now() + patience;
    while (std::chrono::steady_clock::now() < deadline)
      if (counter(name) == value)
        return true;
    return false;
  }

private:
  // Every message found somebody who knew what to do with it, in every test.
  void check_all_handled() {
    try {
      control_ =
          std::make_unique<app::control_client>(data_dir_); // the test's own may hold answers that it did not read
      const auto unhandled = counter("unhandled_total");
      CHECK(unhandled == 0);
    } catch (const std::runtime_error&) { // the test has stopped the server, or taken the control socket away
    }
  }

  static std::filesystem::path new_directory() {
    auto pattern = (std::filesystem::temp_directory_path() / "lintel-test-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr)
      throw std::runtime_error{"no temporary directory"};
    return pattern;
  }

  std::filesystem::path data_dir_;
  std::unique_ptr<app::server> server_;
  std::unique_ptr<app::control_client> control_;
};

inline std::size_t open_descriptors() {
  std::size_t count = 0;
  for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator{"/proc/self/fd"})
    ++count;
  return count;
}

} // namespace lintel::testing
