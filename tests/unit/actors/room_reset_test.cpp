// An operator gives up what a topic held.

#include "actors/room_history.hpp"

#include "tests/support/history_world.hpp"

#include <catch2/catch.hpp>

#include <atomic>

using namespace lintel::testing;
using lintel::history::durable_log;
using order_of = lintel::actors::room_request::order;

namespace {

/// Nothing of its topics can be read, until they are begun anew.
class damaged_log final : public durable_log {
public:
  explicit damaged_log(fake_log& sound) : sound_(sound) {}
  void open(std::string topic, lintel::history::retention keep, std::uint32_t tail_max, std::uint64_t tail_bytes_max,
            std::function<void(lintel::history::opened_topic)> done) override {
    if (is_damaged_)
      done({.error = log_error::damaged});
    else
      sound_.open(std::move(topic), keep, tail_max, tail_bytes_max, std::move(done));
  }
  void append(lintel::history::append_order what) override { sound_.append(std::move(what)); }
  void read(std::string topic, lintel::history::range which,
            std::function<void(lintel::history::read_entries)> done) override {
    sound_.read(std::move(topic), which, std::move(done));
  }
  std::uint64_t waiting_bytes() const noexcept override { return 0; }
  void reset(std::string topic, std::function<void(lintel::history::opened_topic)> done) override {
    is_damaged_ = false;
    sound_.reset(std::move(topic), std::move(done));
  }

private:
  fake_log& sound_;
  std::atomic<bool> is_damaged_{true};
};

} // namespace

TEST_CASE("a topic that cannot be read can be given up, and takes messages again") {
  fake_log sound;
  damaged_log log{sound};
  history_world world{history_world::usual_rules(), {}, &log};
  CHECK(world.join("log:a") == "0 refused log:a: storage unavailable");
  CHECK(await(world.ask(order_of::reset, "log:a")) == R"({"epoch":"log:a#1"})");
  CHECK(world.join("log:a") == "0 joined log:a");
  CHECK(world.said("log:a", "said") == R"(0 broadcast log:a @1 +answer {"offset":1})");
}

TEST_CASE("a reset that the log refuses is answered so") {
  history_world world;
  world.log.refuse_reads(log_error::damaged);
  CHECK(await(world.ask(order_of::reset, "log:a")) == "error: storage unavailable");
}
