#include "app/access_keys.hpp"
#include "protocol/base64.hpp"
#include "tests/support/temporary_directory.hpp"

#include <catch2/catch.hpp>

#include <sys/stat.h>

#include <fstream>

using namespace lintel::app;
using lintel::actors::role;
using lintel::testing::temporary_directory;

TEST_CASE("keys are made once, for the server's user alone, and tell roles apart") {
  temporary_directory data;
  const access_keys first{data.path};
  const access_keys again{data.path};
  const auto admin = read_key(key_file(data.path, role::admin));
  const auto viewer = read_key(key_file(data.path, role::viewer));
  CHECK(admin != viewer);
  CHECK(admin.size() == 43); // 32 bytes in base64 without padding
  for (const auto* keys : {&first, &again}) {
    CHECK(keys->role_of(admin) == role::admin);
    CHECK(keys->role_of(viewer) == role::viewer);
  }
  struct stat info {};
  REQUIRE(::stat(key_file(data.path, role::admin).c_str(), &info) == 0);
  CHECK((info.st_mode & 0777) == 0600);
}

TEST_CASE("nothing but the whole key is a key") {
  temporary_directory data;
  const access_keys keys{data.path};
  const auto admin = read_key(key_file(data.path, role::admin));
  auto other = admin;
  other.back() = other.back() == 'A' ? 'B' : 'A';
  for (const auto& guess : {std::string{}, admin.substr(1), admin.substr(0, 42), admin + "A", admin + admin, other})
    CHECK(keys.role_of(guess) == role::none);
}

TEST_CASE("a key may come in base64, in either alphabet") {
  temporary_directory data;
  const access_keys keys{data.path};
  std::string text;
  lintel::protocol::append_base64(text, read_key(key_file(data.path, role::viewer)));
  text.resize(text.find_last_not_of('=') + 1);
  CHECK(keys.role_of_base64(text) == role::viewer);
  for (auto& c : text)
    c = c == '+' ? '-' : c == '/' ? '_' : c;
  CHECK(keys.role_of_base64(text) == role::viewer);
  CHECK(keys.role_of_base64("") == role::none);
  CHECK(keys.role_of_base64(text.substr(1)) == role::none);
}

TEST_CASE("a key file that was cut short is told by its name") {
  temporary_directory data;
  std::ofstream{key_file(data.path, role::admin)} << "short\n";
  CHECK_THROWS_WITH(access_keys{data.path}, Catch::Contains("admin.key") && Catch::Contains("delete it"));
  CHECK_THROWS_WITH(read_key(data.path / "none.key"), Catch::Contains("none.key"));
}
