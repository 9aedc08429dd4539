#include "app/access_keys.hpp"
#include "app/command_line.hpp"
#include "app/ctl.hpp"
#include "app/namespace_view.hpp"
#include "app/server.hpp"

#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

#include <csignal>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <system_error>

namespace {

using namespace lintel::app;

// Blocked before any thread exists, so that sigwait() below is the only one to see them.
sigset_t block_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGHUP);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  return signals;
}

// SIGHUP reads the configuration again, as often as it comes; the other two end the wait.
void serve_until_stopped(server& running, const sigset_t& signals) {
  int signal = 0;
  while (sigwait(&signals, &signal) != 0 || signal == SIGHUP)
    if (signal == SIGHUP)
      running.reload();
}

int serve(const server_config& config, config_reload::reader read_again) {
  const auto signals = block_signals();
  server running{config, std::move(read_again)};
  std::printf("lintel is ready at %s (WebSocket at /socket/websocket, control socket %s)\n",
              running.first_url().c_str(), running.control_socket().c_str());
  std::fflush(stdout);
  serve_until_stopped(running, signals);
  spdlog::info("stopping: no new connections, closing those that are open");
  if (running.stop()) {
    if (running.stopped_threads() == 0)
      return 0;
    spdlog::warn("{} abandoned handlers never end: leaving them behind", running.stopped_threads());
    std::error_code ignored; // a file left behind is replaced by the next server
    std::filesystem::remove(running.control_socket(), ignored);
    std::_Exit(0);
  }
  spdlog::error("something still runs after {} ms; leaving it behind", config.stop_deadline.count());
  std::_Exit(1);
}

// The same arguments and variables, and the file as it is by then.
config_reload::reader reader_of(const command_line& chosen, int argc, char** argv) {
  if (!chosen.has_file)
    return {};
  return [argc, argv] { return parse_command_line(argc, argv).server; };
}

int check_config(const command_line& chosen) {
  const auto& all = chosen.server.namespaces;
  if (!chosen.is_json)
    std::puts("the configuration is good; what holds for topics, by the first pattern that matches:\n");
  std::fputs((chosen.is_json ? namespace_json(all) : namespace_table(all)).c_str(), stdout);
  return 0;
}

} // namespace

int main(int argc, char** argv) {
  // stdout has the one line that says where the server is; logs go to stderr.
  spdlog::set_default_logger(spdlog::stderr_color_mt("lintel"));
  spdlog::set_pattern("%Y-%m-%dT%H:%M:%S.%e %^%l%$ %v");
  try {
    const auto chosen = parse_command_line(argc, argv);
    switch (chosen.what) {
    case command_line::action::serve: return serve(chosen.server, reader_of(chosen, argc, argv));
    case command_line::action::ctl: return run_ctl(chosen.ctl);
    case command_line::action::token:
      std::puts(read_key(key_file(chosen.token.data_dir, chosen.token.whose)).c_str());
      return 0;
    case command_line::action::check_config: return check_config(chosen);
    case command_line::action::done: return chosen.exit_code;
    }
  } catch (const config_error& mistakes) {
    for (const auto& [place, text] : mistakes.sentences())
      std::fprintf(stderr, "%s: %s\n", place.empty() ? "lintel" : place.c_str(), text.c_str());
  } catch (const std::exception& problem) {
    std::fprintf(stderr, "lintel: %s\n", problem.what());
  }
  return 2;
}
