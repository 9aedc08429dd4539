#include "gateway/descriptor_table.hpp"

#include <catch2/catch.hpp>

#include <fcntl.h>
#include <unistd.h>

#include <thread>

using namespace lintel::gateway;

TEST_CASE("a thread that left the shared table has descriptors of its own") {
  const int before = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
  bool sees_before = false;
  int after = -1;
  std::thread{[&] {
    if (!leave_shared_descriptor_table())
      return;
    sees_before = ::fcntl(before, F_GETFD) >= 0;
    after = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
    ::close(before); // its own copy
  }}.join();
  REQUIRE(after >= 0);
  CHECK(sees_before);
  CHECK(::fcntl(before, F_GETFD) >= 0);
  CHECK(::fcntl(after, F_GETFD) < 0);
  ::close(before);
}

TEST_CASE("trying it leaves this thread where it is") {
  CHECK(can_leave_shared_descriptor_table());
  int seen = -1;
  std::thread{[&] { seen = ::open("/dev/null", O_RDONLY | O_CLOEXEC); }}.join();
  CHECK(::fcntl(seen, F_GETFD) >= 0);
  ::close(seen);
}
