#include "app/audit.hpp"

#include "tests/support/captured_log.hpp"

#include <catch2/catch.hpp>

using lintel::app::audit;
using lintel::app::client_strikes;
using lintel::app::first_of;
using lintel::testing::captured_log;

TEST_CASE("a line has what was done, to whom, how many, and by whom; a name cannot forge another line") {
  captured_log log;
  audit("kill", "room:a\"\naudit action=none", 3, "c0-1-2 127.0.0.1:5");
  CHECK(log.lines() ==
        std::vector<std::string>{R"(audit action=kill whom="room:a??audit action=none" count=3 role=admin )"
                                 R"(source="c0-1-2 127.0.0.1:5")"});
}

TEST_CASE("of many names a line has the first few, and how many more there are") {
  CHECK(first_of({}).empty());
  CHECK(first_of({"a", "b"}) == "a,b");
  CHECK(first_of({"a", "b", "c", "d", "e", "f", "g"}) == "a,b,c,d,e and 2 more");
}

TEST_CASE("what clients strike is one line for each kind, and every strike is counted") {
  captured_log log;
  client_strikes strikes;
  strikes.write();
  for (int i = 0; i < 1000; ++i)
    strikes.note("kill_me", "c0-" + std::to_string(i % 7) + "-0", "c0-" + std::to_string(i % 7) + "-0");
  strikes.note("chaos_crash_room", "room:a", "c0-1-0");
  strikes.note("chaos_crash_room", "room:a", "c0-1-0");
  strikes.write();
  strikes.write();
  CHECK(log.lines() ==
        std::vector<std::string>{
            R"(audit action=chaos_crash_room whom="room:a" count=2 role=none source="c0-1-0")",
            R"(audit action=kill_me whom="c0-0-0,c0-1-0,c0-2-0,c0-3-0,c0-4-0 and others" count=1000 role=none )"
            R"(source="c0-0-0,c0-1-0,c0-2-0,c0-3-0,c0-4-0 and others")"});
}
