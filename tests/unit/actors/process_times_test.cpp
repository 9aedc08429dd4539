#include "actors/process_times.hpp"

#include <catch2/catch.hpp>

#include <array>

using lintel::actors::process_times;

TEST_CASE("one post in 64 is measured, whatever the rhythm of the posts") {
  for (const unsigned posts_per_message : {1U, 2U, 3U, 4U, 6U, 8U, 16U, 64U})
    for (unsigned which = 0; which < posts_per_message; ++which) {
      constexpr unsigned messages = 64'000;
      unsigned measured = 0;
      for (unsigned i = 0; i < messages; ++i)
        measured += process_times::is_sampled(i * posts_per_message + which) ? 1 : 0;
      CAPTURE(posts_per_message, which);
      CHECK(measured > 900);
      CHECK(measured < 1'100);
    }
}

TEST_CASE("a post has a mark as often, and the time since is that since the mark") {
  unsigned marked = 0;
  for (int i = 0; i < 64'000; ++i)
    if (const auto mark = process_times::mark_of_post(); mark != 0) {
      ++marked;
      CHECK(process_times::since(mark) < std::chrono::minutes{1});
    }
  CHECK(marked > 900);
  CHECK(marked < 1'100);
}
