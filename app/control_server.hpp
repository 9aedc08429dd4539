#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace lintel::app {

/// Newline-delimited JSON over a Unix socket in the data directory: one request line, one response line. Has a thread
/// of its own; requests of all clients are answered one after another.
class control_server {
public:
  using answer_function = std::function<std::string(std::string_view request)>;

  control_server(std::filesystem::path socket, answer_function answer);
  ~control_server();
  control_server(const control_server&) = delete;
  control_server& operator=(const control_server&) = delete;

  /// Any thread; both return at once. open() replaces a stale socket file; a socket that cannot be opened is logged.
  void open();
  void close() noexcept;
  /// Ends the thread and whatever it is answering; nothing is answered afterwards.
  void stop() noexcept;

  /// For main(): blocks until the first open() is done. False: it failed, or nobody asked for it in time.
  [[nodiscard]] bool wait_until_open(std::chrono::milliseconds patience);

  const std::filesystem::path& path() const noexcept;

private:
  struct state;
  std::shared_ptr<state> state_;
};

} // namespace lintel::app
