#include "app/server.hpp"

#include "actors/messages.hpp"
#include "app/control_client.hpp"
#include "app/control_commands.hpp"
#include "app/control_server.hpp"
#include "app/http_api.hpp"
#include "app/kill_loop.hpp"
#include "app/metrics_sampler.hpp"
#include "app/operations.hpp"
#include "app/server_parts.hpp"
#include "app/system_feed.hpp"
#include "app/tree.hpp"
#include "gateway/listening_socket.hpp"
#include "supervisors/supervision_tree.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <atomic>
#include <future>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <thread>

namespace lintel::app {

namespace {

constexpr auto start_patience = std::chrono::seconds{10};

server_config on_this_machine(server_config config) {
  const auto plan = plan_of(config);
  config.workers = plan.workers;
  config.gateway.connections_max = plan.connections_max;
  config.gateway.has_own_descriptor_tables = plan.has_own_tables;
  config.gateway.connections.takes_chaos_events = config.is_chaos_enabled;
  config.rooms.takes_chaos_events = config.is_chaos_enabled;
  // What a join recovers is one frame of its client's outbox, and the room goes on talking meanwhile.
  config.rooms.recover_bytes_max = std::min(config.rooms.recover_bytes_max, config.gateway.outbox.bytes_max / 2);
  config.rooms.log_waiting_bytes_max = config.history_waiting_bytes;
  if (plan.has_own_tables)
    spdlog::info("{} connections do not fit into one descriptor table: {} workers, each with a table of its own",
                 plan.connections_max, plan.workers);
  return config;
}

server_config checked(server_config config) {
  if (auto flaw = flaw_in(config); !flaw.empty())
    throw std::runtime_error{flaw};
  config = on_this_machine(std::move(config));
  std::error_code error;
  std::filesystem::create_directories(config.data_dir, error);
  if (error)
    throw std::runtime_error{"cannot create the data directory " + config.data_dir.string() + ": " + error.message()};
  return config;
}

// Two servers on one data directory would take the control socket from each other.
void ensure_nobody_serves(const std::filesystem::path& data_dir) {
  try {
    control_client{data_dir};
  } catch (const std::runtime_error&) {
    return;
  }
  throw std::runtime_error{"another server uses the data directory " + data_dir.string() +
                           "; stop it, or choose another one with --data-dir"};
}

// All workers at once: the tree stops its children one after another, and each may have to wait for peers that do
// not answer the close.
void drain(server_parts& parts) {
  for (std::size_t i = 0; i < parts.workers(); ++i)
    parts.book.courier(i).post(
        std::make_unique<actors::worker_call>([sockets = parts.sockets[i], listening = &parts.listening[i]] {
          sockets->unwatch(listening->fd());
          listening->stop();
          sockets->close_all([] {});
        }));
}

// What is on its way is stored: its senders ask again, and learn that it was. A disk may not answer at all; whoever is
// told so leaves the process without waiting for it.
bool close_within(history::rocks_log& log, std::chrono::milliseconds deadline) {
  std::promise<void> done;
  auto is_done = done.get_future();
  std::thread closing{[&log, done = std::move(done)]() mutable {
    log.close();
    done.set_value();
  }};
  if (is_done.wait_for(deadline) == std::future_status::ready) {
    closing.join();
    return true;
  }
  closing.detach();
  return false;
}

} // namespace

struct server::state {
  explicit state(server_config config)
      : control(config.data_dir / "control.sock", [this](std::string_view request) { return answer(request); }),
        parts(std::move(config)) {}
  ~state() { // whoever uses what is destroyed first
    sampler.stop();
    api.stop();
    killing.stop();
    feed.stop();
    control.stop();
  }

  std::string answer(std::string_view request) {
    auto* ready = answering.load(std::memory_order_acquire);
    return ready != nullptr ? answer_command(*ready, request)
                            : std::string{R"({"ok":false,"error":"the server is still starting; try again"})"};
  }

  std::optional<gateway::http_page> answer(gateway::api_request request) {
    if (answering.load(std::memory_order_acquire) == nullptr)
      return gateway::api_error(503, "unavailable", "the server is still starting; try again", "Retry-After: 1\r\n");
    return api.take(std::move(request));
  }

  std::atomic<operations*> answering{nullptr}; // the control socket opens with the tree, before there is an answer
  system_feed feed{parts};                     // outlives the rooms that tell it of their members
  http_api api{parts};                         // outlives the rooms that answer its questions
  control_server control; // before the workers leave the shared descriptor table: they write to its eventfd
  server_parts parts;
  std::optional<operations> operator_interface; // of the control socket's thread
  std::optional<operations> feed_interface;     // of the feed's
  std::optional<operations> api_interface;      // of the API's
  std::optional<operations> chaos_interface;    // of the kill loop's
  kill_loop killing;
  metrics_sampler sampler;
  supervisors::supervision_tree tree;
};

server::server(server_config config, config_reload::reader read_again) {
  ensure_nobody_serves(config.data_dir);
  state_ = std::make_unique<state>(checked(std::move(config)));
  auto& s = *state_;
  s.parts.reloads.set_reader(std::move(read_again));
  s.parts.book.set_desk(s.feed);
  s.parts.routes.api = [&s](gateway::api_request request) { return s.answer(std::move(request)); };
  s.tree = supervisors::start_tree(s.parts.system, root_spec(s.parts, s.control), start_patience);
  if (!s.tree.is_running())
    throw std::runtime_error{s.tree.why};
  s.operator_interface.emplace(s.parts, s.tree.root);
  s.feed_interface.emplace(s.parts, s.tree.root);
  s.api_interface.emplace(s.parts, s.tree.root);
  s.feed.start(*s.feed_interface);
  s.api.start(*s.api_interface);
  s.chaos_interface.emplace(s.parts, s.tree.root);
  s.killing.start(s.parts, *s.chaos_interface);
  s.sampler.start(s.parts, [&s] { s.feed.sampled(); });
  s.answering = &*s.operator_interface;
  if (!s.control.wait_until_open(start_patience))
    throw std::runtime_error{"cannot open the control socket " + s.control.path().string()};
  s.parts.is_ready = true;
}

server::~server() {
  // An actor hangs in a handler: nothing that it may touch can be destroyed.
  if (state_ && ((state_->tree.is_running() && !stop()) || stopped_threads() > 0))
    std::_Exit(1);
}

std::size_t server::stopped_threads() const { return state_->parts.runtime.pool().stopped_threads(); }

std::uint16_t server::port() const { return state_->parts.port(); }

std::string server::url() const { return state_->parts.url(); }

std::string server::first_url() {
  auto& parts = state_->parts;
  return gateway::is_loopback(parts.config.gateway.host) ? state_->operator_interface->one_time_url(actors::role::admin)
                                                         : parts.url();
}

std::filesystem::path server::control_socket() const { return state_->control.path(); }

reload_report server::reload(const server_config& next) { return state_->parts.reloads.apply(next); }

void server::reload() noexcept {
  try {
    state_->parts.reloads.read_again();
  } catch (const std::exception&) { // read_again() has logged it, and the server goes on as it was
  }
}

bool server::stop() {
  auto& s = *state_;
  s.parts.is_ready = false;
  s.feed.close();
  s.api.close();
  s.killing.close();
  s.sampler.stop(); // it waits for no worker
  drain(s.parts);
  if (!supervisors::stop_tree(s.parts.system, s.tree, s.parts.config.stop_deadline))
    return false;
  s.killing.stop();
  if (s.parts.log && !close_within(*s.parts.log, s.parts.config.stop_deadline))
    return false;
  s.feed.stop(); // not before: it may wait for a worker that is stuck, and the deadline is for all
  s.api.stop();
  s.tree.root = nullptr;
  s.parts.directory.clear();
  std::lock_guard lock{s.parts.rooms_mutex};
  s.parts.rooms.clear();
  return true;
}

} // namespace lintel::app
