#pragma once

#include "tests/unit/supervisors/fake_shell.hpp"
#include <array>
#include <catch2/catch.hpp>

// The words OTP's own tests are written in, over a machine whose children are make-believe.
namespace lintel::supervisors::conformance {

using testing::fake_shell;
using testing::lines;
using testing::worker;
using std::chrono_literals::operator""ms;
using std::chrono_literals::operator""s;
using std::chrono_literals::operator""h;
using std::chrono_literals::operator""min;
using script = fake_shell::start_script;
using counts = std::array<std::size_t, 4>;

inline constexpr restart_limit seldom{.count_max = 2, .window = 3600s};

/// [specs, active, supervisors, workers], as OTP's count_children gives them.
inline counts counts_of(const fake_shell& shell) {
  const auto count = shell.machine.children().count();
  return {count.specs, count.active, count.supervisors, count.workers};
}

inline supervisor_spec spec_of(strategy how, std::vector<child_spec> children = {},
                               restart_limit limit = seldom) {
  return {.how = how, .limit = limit, .children = std::move(children)};
}

/// A supervisor that is up; what it did until then is read.
inline fake_shell running(supervisor_spec spec) {
  fake_shell shell{std::move(spec)};
  shell.start();
  shell.happened();
  return shell;
}

inline fake_shell running(strategy how, std::vector<child_spec> children = {},
                          restart_limit limit = seldom) {
  return running(spec_of(how, std::move(children), limit));
}

/// Every start of the child fails from now on.
inline void never_starts_again(fake_shell& shell, const std::string& id) {
  shell.script(id, {script::fail, script::fail, script::fail, script::fail, script::fail,
                    script::fail, script::fail, script::fail, script::fail, script::fail});
}

inline child_spec nested(std::string id, restart type = restart::permanent) {
  auto spec = worker(std::move(id), type);
  spec.kind = child_kind::supervisor;
  return spec;
}

inline child_spec with_shutdown(child_spec spec, shutdown_policy how) {
  spec.shutdown = how;
  return spec;
}

inline child_spec significant(child_spec spec) {
  spec.significant = true;
  return spec;
}

/// The ids in start order.
inline lines ids_of(const fake_shell& shell) {
  lines ids;
  for (const auto& child : shell.machine.children().all())
    ids.push_back(child.spec.id);
  return ids;
}

} // namespace lintel::supervisors::conformance
