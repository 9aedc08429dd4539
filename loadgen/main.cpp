#include "loadgen/cannot_run.hpp"
#include "loadgen/chaos.hpp"
#include "loadgen/chat.hpp"
#include "loadgen/churn.hpp"
#include "loadgen/command_line.hpp"
#include "loadgen/endpoint.hpp"
#include "loadgen/fanout.hpp"
#include "loadgen/idle.hpp"
#include "loadgen/interruption.hpp"
#include "loadgen/million.hpp"
#include "loadgen/publish.hpp"
#include "loadgen/recover.hpp"
#include "loadgen/witness.hpp"

#include <fmt/format.h>

#include <cstdio>
#include <exception>

namespace {

using namespace lintel::loadgen;

report run(const scenario& wanted) {
  if (wanted.kind == scenario_kind::million)
    require_machine(wanted); // first: nothing is started that cannot be finished
  if (wanted.million.is_check_only)
    return report{"million"};
  require_listening(resolve(wanted.target));
  interruption::watch();
  switch (wanted.kind) {
  case scenario_kind::idle: return run_idle(wanted);
  case scenario_kind::chat: return run_chat(wanted);
  case scenario_kind::fanout: return run_fanout(wanted);
  case scenario_kind::chaos: return run_chaos(wanted);
  case scenario_kind::million: return run_million(wanted);
  case scenario_kind::witness: return run_witness(wanted);
  case scenario_kind::churn: return run_churn(wanted);
  case scenario_kind::publish: return run_publish(wanted);
  case scenario_kind::recover: return run_recover(wanted);
  }
  throw cannot_run{"unknown scenario"};
}

} // namespace

int main(int argc, char** argv) {
  try {
    const auto wanted = read_command_line(argc, argv);
    if (const auto* end = std::get_if<exit_with>(&wanted))
      return end->code;
    const bool is_json = std::get<scenario>(wanted).is_json;
    const report found = run(std::get<scenario>(wanted));
    if (is_json)
      fmt::print("{}\n", found.json());
    else
      fmt::print("{}", found.text());
    return found.exit_code();
  } catch (const std::exception& problem) {
    fmt::print(stderr, "lintel-loadgen: {}\n", problem.what());
    return 2;
  }
}
