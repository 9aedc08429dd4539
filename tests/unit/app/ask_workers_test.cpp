#include "app/ask_workers.hpp"

#include "tests/support/probe.hpp"
#include "tests/support/temporary_directory.hpp"

#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>
#include <catch2/catch.hpp>

using namespace lintel::testing;
using lintel::app::ask_workers;
using lintel::app::server_config;
using lintel::app::server_parts;
using lintel::gateway::socket_worker;

namespace {

/// The parts of a server of two workers, with couriers that run what they are asked to.
struct parts_without_a_tree {
  temporary_directory data;
  server_parts parts;

  parts_without_a_tree() : parts(two_workers(data.path)) {
    spdlog::set_level(spdlog::level::off);
    for (std::uint16_t i = 0; i < 2; ++i)
      parts.book.set_courier(i, lintel::actors::spawn_process<probe>(parts.system, i, script{}));
  }
  // As a tree would: the address book outlives the actor system, and must hold nobody who still has to end.
  ~parts_without_a_tree() {
    for (std::size_t i = 0; i < 2; ++i)
      end_courier(i);
  }
  static server_config two_workers(const std::filesystem::path& data_dir) {
    server_config config;
    config.data_dir = data_dir;
    config.workers = 2;
    return config;
  }
  void end_courier(std::size_t worker) {
    auto& courier = parts.book.courier(worker);
    caf::scoped_actor self{parts.system};
    self->monitor(handle_of(courier));
    caf::anon_send_exit(handle_of(courier), caf::exit_reason::kill);
    self->receive([](const caf::down_msg&) {}, caf::after(patience) >> [] { FAIL("it lives"); });
  }
};

} // namespace

TEST_CASE("every worker answers for itself") {
  parts_without_a_tree world;
  const auto answers = ask_workers<int>(world.parts, [](socket_worker& w) { return 10 + w.index(); });
  CHECK(answers == std::vector<std::optional<int>>{10, 11});
}

TEST_CASE("a worker whose courier has ended leaves a gap") {
  parts_without_a_tree world;
  world.end_courier(0);
  const auto answers = ask_workers<int>(world.parts, [](socket_worker& w) { return 10 + w.index(); });
  CHECK(answers == std::vector<std::optional<int>>{std::nullopt, 11});
}

TEST_CASE("a worker that fails to answer leaves a gap") {
  parts_without_a_tree world;
  const auto answers = ask_workers<int>(world.parts, [](socket_worker& w) -> int {
    if (w.index() == 1)
      throw std::runtime_error{"boom"};
    return 10;
  });
  CHECK(answers == std::vector<std::optional<int>>{10, std::nullopt});
}

TEST_CASE("who is not concerned is not asked") {
  parts_without_a_tree world;
  std::atomic<int> asked{0};
  const auto answers = ask_workers<int>(
      world.parts, [&asked](socket_worker& w) { return ++asked, 10 + w.index(); },
      [](std::size_t worker) { return worker == 1; });
  CHECK(answers == std::vector<std::optional<int>>{std::nullopt, 11});
  CHECK(asked == 1);
}
