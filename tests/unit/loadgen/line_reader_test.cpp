#include "loadgen/line_reader.hpp"

#include <catch2/catch.hpp>

#include <unistd.h>

#include <array>
#include <string_view>

using lintel::loadgen::line_reader;

namespace {

struct pipe_pair {
  pipe_pair() { REQUIRE(pipe(ends.data()) == 0); }
  ~pipe_pair() {
    close(ends[0]);
    hang_up();
  }
  void write(std::string_view text) {
    REQUIRE(::write(ends[1], text.data(), text.size()) == static_cast<ssize_t>(text.size()));
  }
  void hang_up() {
    if (ends[1] >= 0)
      close(ends[1]);
    ends[1] = -1;
  }
  std::array<int, 2> ends{};
};

} // namespace

TEST_CASE("lines come whole, also when they were written in pieces") {
  pipe_pair p;
  line_reader lines{p.ends[0]};
  CHECK_FALSE(lines.next());
  CHECK_FALSE(lines.is_at_end());
  p.write("bef");
  CHECK_FALSE(lines.next());
  p.write("ore\nduring\n\naf");
  CHECK(lines.next() == "before");
  CHECK(lines.next() == "during");
  CHECK(lines.next() == "");
  CHECK_FALSE(lines.next());
  CHECK_FALSE(lines.is_at_end());
}

TEST_CASE("the end is told after the last whole line") {
  pipe_pair p;
  line_reader lines{p.ends[0]};
  p.write("one\nhalf");
  p.hang_up();
  CHECK(lines.next() == "one");
  CHECK_FALSE(lines.next());
  CHECK(lines.is_at_end());
  CHECK_FALSE(lines.next());
}

TEST_CASE("a descriptor that cannot be read is at its end") {
  line_reader lines{-1};
  CHECK_FALSE(lines.next());
  pipe_pair p;
  line_reader wrong_end{p.ends[1]};
  p.hang_up();
  CHECK_FALSE(wrong_end.next());
  CHECK(wrong_end.is_at_end());
}
