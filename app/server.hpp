#pragma once

#include "app/config_reload.hpp"
#include "app/server_config.hpp"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

namespace lintel::app {

/// A whole server in this process: `lintel serve` and the integration tests run it. One thread owns it.
class server {
public:
  /// Starts the tree and listens. Throws std::runtime_error with a sentence when it cannot.
  /// `read_again`: for reload() and `lintel ctl reload`.
  explicit server(server_config config, config_reload::reader read_again = {});
  /// Stops it if stop() was not called.
  ~server();
  server(const server&) = delete;
  server& operator=(const server&) = delete;

  std::uint16_t port() const;
  std::string url() const;
  /// On loopback with a secret that lets the first browser in; elsewhere the plain one.
  std::string first_url();
  std::filesystem::path control_socket() const;

  /// Takes over what can change while it runs, and logs what was and what needs a restart. Any thread.
  reload_report reload(const server_config& next);
  /// Reads its configuration again and takes it over; one that is bad changes nothing, and the log says why.
  void reload() noexcept;

  /// Stops listening, closes every connection with 1012 and ends the tree in reverse order.
  /// False: something still ran at the deadline; leave by _exit.
  [[nodiscard]] bool stop();

  /// Threads that stand still for good, in handlers that were abandoned. If there are any, nothing that they may hold
  /// can be destroyed: leave by _exit.
  std::size_t stopped_threads() const;

private:
  struct state;
  std::unique_ptr<state> state_;
};

} // namespace lintel::app
