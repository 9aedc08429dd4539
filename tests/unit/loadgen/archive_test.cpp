#include "loadgen/archive.hpp"

#include <catch2/catch.hpp>

using namespace lintel;
using namespace lintel::loadgen;

TEST_CASE("an archive gives back what was put in, in order") {
  archive_writer out;
  out.put(42);
  out.put(std::string{"text"});
  out.put(std::vector<short>{1, 2, 3});
  out.put(std::vector<short>{});
  const std::string bytes = out.take();
  archive_reader in{bytes};
  CHECK(in.get<int>() == 42);
  CHECK(in.get<std::string>() == "text");
  CHECK(in.get<std::vector<short>>() == std::vector<short>{1, 2, 3});
  CHECK(in.get<std::vector<short>>().empty());
  CHECK(in.is_at_end());
}

TEST_CASE("an archive that was cut short is a broken invariant, not a wild read") {
  archive_writer out;
  out.put(std::vector<std::uint64_t>{1, 2, 3});
  const std::string bytes = out.take();
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    archive_reader in{std::string_view{bytes}.substr(0, size)};
    CHECK_THROWS_AS(in.get<std::vector<std::uint64_t>>(), base::broken_invariant);
  }
}
