#include "gateway/connection_table.hpp"

#include <catch2/catch.hpp>

#include <random>
#include <set>

using namespace lintel::gateway;

namespace {

connection& open_one(connection_table& table) {
  auto& c = table.take();
  c.at = connection::phase::open;
  return c;
}

} // namespace

TEST_CASE("a taken slot is found by its id, low slots first") {
  connection_table table{3};
  auto& c = open_one(table);
  CHECK(c.session.id == lintel::actors::connection_id{.slot = 0, .generation = 0, .worker = 3});
  CHECK(open_one(table).session.id.slot == 1);
  CHECK(table.find(c.session.id) == &c);
  CHECK(&table.of(c.session) == &c);
  CHECK(table.in_use() == 2);
}

TEST_CASE("what was never given out is not found") {
  connection_table table{0};
  CHECK(table.find(0, 0) == nullptr);
  open_one(table);
  CHECK(table.find(1, 0) == nullptr); // a free slot
  CHECK(table.find(100'000, 0) == nullptr);
}

TEST_CASE("a reused slot is not mistaken for its former use") {
  connection_table table{0};
  auto& c = open_one(table);
  const auto old = c.session.id;
  table.give_back(c);
  CHECK(table.find(old) == nullptr);
  auto& next = open_one(table);
  CHECK(next.session.id.slot == old.slot);
  CHECK(next.session.id.generation == old.generation + 1);
  CHECK(table.find(old) == nullptr);
  CHECK(table.find(next.session.id) == &next);
}

TEST_CASE("a slot given back remembers nothing") {
  connection_table table{0};
  auto& c = open_one(table);
  c.fd = 7;
  c.is_dirty = true;
  c.unread = std::make_unique<std::string>("left over");
  c.session.wire = lintel::protocol::wire_format::msgpack;
  c.session.channels.emplace_back();
  table.give_back(c);
  const auto& next = table.take();
  CHECK(next.fd == -1);
  CHECK_FALSE(next.is_dirty);
  CHECK(next.unread == nullptr);
  CHECK(next.session.wire == lintel::protocol::wire_format::json_v2);
  CHECK(next.session.channels.empty());
}

TEST_CASE("addresses stay while the table grows") {
  connection_table table{0};
  auto& first = open_one(table);
  std::set<connection*> seen{&first};
  for (int i = 0; i < 2000; ++i)
    seen.insert(&open_one(table));
  CHECK(seen.size() == 2001);
  CHECK(&table.at(0) == &first);
}

TEST_CASE("a random table agrees with a set of ids") {
  std::mt19937 random{5};
  connection_table table{1};
  std::vector<lintel::actors::connection_id> open, gone;
  for (int i = 0; i < 20'000; ++i) {
    if (open.empty() || random() % 100 < 51) {
      open.push_back(open_one(table).session.id);
    } else {
      const auto which = random() % open.size();
      gone.push_back(open[which]);
      table.give_back(*table.find(open[which]));
      open.erase(open.begin() + static_cast<std::ptrdiff_t>(which));
    }
    REQUIRE(table.in_use() == open.size());
  }
  for (const auto& id : open)
    REQUIRE(table.find(id)->session.id == id);
  for (const auto& id : gone)
    REQUIRE(table.find(id) == nullptr);
  std::size_t visited = 0;
  table.for_each([&](connection&) { ++visited; });
  CHECK(visited == open.size());
}
