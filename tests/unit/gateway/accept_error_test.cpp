#include "gateway/accept_error.hpp"

#include <catch2/catch.hpp>

#include <cerrno>

using namespace lintel::gateway;

TEST_CASE("an empty queue is no error") {
  CHECK(classify_accept_error(EAGAIN) == accept_next::nothing_left);
  CHECK(classify_accept_error(EWOULDBLOCK) == accept_next::nothing_left);
}

TEST_CASE("a connection that failed before it was ours does not stop the listener") {
  for (const int error : {EINTR, ECONNABORTED, EPROTO, EPERM, ENETDOWN, ENOPROTOOPT, EHOSTDOWN, ENONET, EHOSTUNREACH,
                          EOPNOTSUPP, ENETUNREACH, ETIMEDOUT}) {
    INFO(error);
    CHECK(classify_accept_error(error) == accept_next::go_on);
  }
}

TEST_CASE("out of descriptors or memory the listener takes a rest") {
  for (const int error : {EMFILE, ENFILE, ENOBUFS, ENOMEM}) {
    INFO(error);
    CHECK(classify_accept_error(error) == accept_next::pause);
  }
}

TEST_CASE("what nobody foresaw is for the supervisor") {
  for (const int error : {EBADF, EINVAL, ENOTSOCK, EFAULT, 0, 9999}) {
    INFO(error);
    CHECK(classify_accept_error(error) == accept_next::crash);
  }
}
