#include "app/server.hpp"

#include "app/control_commands.hpp"
#include "app/control_server.hpp"
#include "app/operations.hpp"
#include "app/server_parts.hpp"
#include "app/tree.hpp"
#include "supervisors/supervision_tree.hpp"

#include <sys/resource.h>

#include <optional>
#include <stdexcept>

namespace lintel::app {

namespace {

constexpr auto start_patience = std::chrono::seconds{10};

server_config checked(server_config config) {
  if (auto flaw = flaw_in(config); !flaw.empty())
    throw std::runtime_error{flaw};
  std::error_code error;
  std::filesystem::create_directories(config.data_dir, error);
  if (error)
    throw std::runtime_error{"cannot create the data directory " + config.data_dir.string() + ": " + error.message()};
  return config;
}

// One descriptor per connection: take what the hard limit allows.
void raise_descriptor_limit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < limit.rlim_max) {
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
  }
}

} // namespace

struct server::state {
  explicit state(server_config config)
      : parts(std::move(config)), control(parts.config.data_dir / "control.sock", [this](std::string_view request) {
          return operations_ ? answer_command(*operations_, request)
                             : std::string{R"({"ok":false,"error":"the server is still starting; try again"})"};
        }) {}

  server_parts parts;
  std::optional<operations> operations_; // set once, before the control socket is announced
  control_server control;
  supervisors::supervision_tree tree;
};

server::server(server_config config) {
  raise_descriptor_limit();
  state_ = std::make_unique<state>(checked(std::move(config)));
  auto& s = *state_;
  s.tree = supervisors::start_tree(s.parts.system, root_spec(s.parts, s.control), start_patience);
  if (!s.tree.is_running())
    throw std::runtime_error{s.tree.why};
  s.operations_.emplace(s.parts, s.tree.root);
  if (!s.control.wait_until_open(start_patience))
    throw std::runtime_error{"cannot open the control socket " + s.control.path().string()};
  s.parts.is_ready = true;
}

server::~server() {
  if (state_ && state_->tree.is_running() && !stop())
    std::_Exit(1); // an actor hangs in a handler: nothing that it may touch can be destroyed
}

std::uint16_t server::port() const { return state_->parts.port(); }

std::string server::url() const {
  const auto& host = state_->parts.config.gateway.host;
  const bool is_v6 = host.find(':') != std::string::npos;
  return "http://" + (is_v6 ? "[" + host + "]" : host) + ":" + std::to_string(port()) + "/";
}

std::filesystem::path server::control_socket() const { return state_->control.path(); }

bool server::stop() {
  auto& s = *state_;
  s.parts.is_ready = false;
  if (!supervisors::stop_tree(s.parts.system, s.tree, s.parts.config.stop_deadline))
    return false;
  s.tree.root = nullptr;
  s.parts.directory.clear();
  s.parts.rooms.clear();
  return true;
}

} // namespace lintel::app
