// Two plain CAF actors under a supervisor, without a server around them. One divides by zero; the other
// goes on, and somebody new takes the first one's place.
#include "supervisors/start_result.hpp"
#include "supervisors/supervision_event.hpp"
#include "supervisors/supervision_tree.hpp"
#include "supervisors/supervisor_messages.hpp"
#include <caf/all.hpp>
#include <future>
#include <iostream>

using namespace lintel::supervisors;
using namespace std::chrono_literals;

struct divider : caf::event_based_actor {
  using caf::event_based_actor::event_based_actor;
  caf::behavior make_behavior() override {
    set_exception_handler([](std::exception_ptr&) { return make_error(caf::sec::runtime_error, "division by 0"); });
    return {[](int dividend, int divisor) { return divisor != 0 ? dividend / divisor : throw std::domain_error{""}; }};
  }
};

child_spec worker(std::string id) {
  return {.id = std::move(id), .start = [](caf::event_based_actor& supervisor) -> start_result {
            return caf::actor{supervisor.spawn<divider>()};
          }};
}

void divide(caf::scoped_actor& self, const caf::actor& root, const std::string& id, int dividend, int divisor) {
  const auto print = [&](int result) {
    std::cout << id << ": " << dividend << " / " << divisor << " = " << result << '\n';
  };
  const auto ignore = [](const caf::error&) {};   // it crashed; the supervisor is told as well
  self->request(root, 5s, which_children{}).receive([&](const children_report& report) {
    for (const auto& child : report.children)
      if (child.id == id)
        self->request(child.actor, 5s, dividend, divisor).receive(print, ignore);
  }, ignore);
}

int main() {
  caf::actor_system_config config;
  caf::actor_system system{config};
  std::promise<void> restarted;
  const auto tell = [&](const supervision_event& event) {
    const bool is_restart = event.what == supervision_event::kind::child_restarted;
    std::cout << event.supervisor << ' ' << event.child << ": " << (is_restart ? "restarted" : event.why) << '\n';
    if (is_restart)
      restarted.set_value();
  };
  const auto tree = start_tree(system, {.name = "root", .limit = {.count_max = 3, .window = 5s},
                                        .children = {worker("left"), worker("right")}, .observe = tell}, 5s);
  caf::scoped_actor self{system};
  divide(self, tree.root, "left", 7, 2);
  divide(self, tree.root, "left", 1, 0);
  restarted.get_future().wait();
  divide(self, tree.root, "left", 9, 3);
  divide(self, tree.root, "right", 8, 2);
  return stop_tree(system, tree, 5s) ? 0 : 1;
}
