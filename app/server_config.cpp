#include "app/server_config.hpp"

#include "actors/worker.hpp"
#include "gateway/batch_sender.hpp"
#include "gateway/listening_socket.hpp"

#include <algorithm>
#include <thread>

namespace lintel::app {

std::string flaw_in(const server_config& config) {
  if (config.workers > actors::worker_pool::workers_max)
    return "--workers must be at most " + std::to_string(actors::worker_pool::workers_max);
  if (!gateway::is_loopback(config.gateway.host) && !config.is_open_to_all)
    return "refusing to listen on " + config.gateway.host +
           " without authentication: anybody could join and kill. Listen on 127.0.0.1 behind a proxy that "
           "authenticates, or say --insecure-open if that is what you want";
  if (config.gateway.io == gateway::io_path::uring && !gateway::make_uring_sender())
    return "--io uring: this kernel gives us no io_uring; use --io auto or --io plain";
  if (config.gateway.messages.message_bytes_max > config.gateway.outbox.bytes_max)
    return "--message-bytes must not exceed --outbox-bytes: a message that never fits into an outbox cannot be "
           "delivered";
  return {};
}

std::size_t worker_count(const server_config& config) {
  if (config.workers != 0)
    return config.workers;
  return std::clamp<std::size_t>(std::thread::hardware_concurrency(), 1, actors::worker_pool::workers_max);
}

} // namespace lintel::app
