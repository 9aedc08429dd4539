#include "loadgen/raw_fsync.hpp"

#include "loadgen/cannot_run.hpp"

#include <catch2/catch.hpp>

#include <stdlib.h>

#include <filesystem>
#include <string>

using namespace lintel::loadgen;

TEST_CASE("the disk's rate is measured, and no file stays") {
  std::string directory = (std::filesystem::temp_directory_path() / "raw-fsync-test-XXXXXX").string();
  REQUIRE(mkdtemp(directory.data()) != nullptr);
  const auto found = measure_raw_fsync(directory, std::chrono::milliseconds{1});
  CHECK(found.latency.count() >= 1);
  CHECK(found.per_s > 0);
  CHECK(std::filesystem::is_empty(directory));
  std::filesystem::remove(directory);
}

TEST_CASE("a directory that is not there is said to be so") {
  CHECK_THROWS_WITH(measure_raw_fsync("/nonexistent/directory", std::chrono::milliseconds{1}),
                    Catch::Contains("/nonexistent/directory") && Catch::Contains("No such file"));
}
