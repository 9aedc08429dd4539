#pragma once

#include "actors/light_process.hpp"
#include "app/control_server.hpp"
#include "base/bounded_writer.hpp"
#include "supervisors/restart_ledger.hpp"

namespace lintel::app {

/// Keeps the control socket open. The commands run on the control server's own thread, so that an operator gets
/// through when every worker is busy; killing this process opens the socket anew.
class admin : public actors::light_process {
public:
  admin(caf::actor_config& config, control_server& control, supervisors::restart_budget budget)
      : light_process(config, anywhere), control_(control), ledger_(std::move(budget), id()) {}

  std::size_t write_name(std::span<char> into) const noexcept override {
    return base::bounded_writer{into}.text("admin").size();
  }

protected:
  void begin_incarnation() override { control_.open(); }
  void end_incarnation() noexcept override { control_.close(); }
  actors::handled handle(actors::letter_ptr&) override {
    pool().count(actors::counter::unhandled);
    return actors::handled::done;
  }
  supervisors::verdict failed(const actors::exit_report& report) override {
    return ledger_.failed(id(), report.how, actors::worker::clock::now());
  }

private:
  control_server& control_;
  supervisors::restart_ledger ledger_;
};

} // namespace lintel::app
