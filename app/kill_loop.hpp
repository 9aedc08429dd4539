#pragma once

#include "app/operations.hpp"

#include <optional>
#include <thread>

namespace lintel::app {

/// Kills random connections as long as the chaos account has a rate. A thread of its own, for it waits for workers;
/// without a rate it sleeps.
class kill_loop {
public:
  ~kill_loop() { stop(); }

  /// Once. `server` is this object's alone until stop().
  void start(server_parts& parts, operations& server);
  /// Nothing more is killed, and nobody has to wait for it: what is under way may wait for workers.
  void close();
  void stop();

private:
  void run(server_parts& parts, operations& server);

  server_parts* parts_ = nullptr;
  std::thread thread_;
};

} // namespace lintel::app
