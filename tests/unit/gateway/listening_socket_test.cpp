#include "gateway/listening_socket.hpp"

#include <catch2/catch.hpp>

#include <fcntl.h>

#include <system_error>

using namespace lintel::gateway;
using sharing = listening_socket::sharing;

TEST_CASE("port 0 takes a free port and tells which") {
  const listening_socket socket{"127.0.0.1", 0, sharing::first};
  CHECK(socket.port() != 0);
  CHECK((::fcntl(socket.fd(), F_GETFL) & O_NONBLOCK) != 0);
  CHECK((::fcntl(socket.fd(), F_GETFD) & FD_CLOEXEC) != 0);
}

TEST_CASE("the workers of one server share a port") {
  const listening_socket first{"127.0.0.1", 0, sharing::first};
  const listening_socket second{"127.0.0.1", first.port(), sharing::sibling};
  CHECK(second.port() == first.port());
}

TEST_CASE("a second server on the port is told so, although its options would let it in") {
  const listening_socket first{"127.0.0.1", 0, sharing::first};
  CHECK_THROWS_WITH(listening_socket("127.0.0.1", first.port(), sharing::first), Catch::Contains("already in use"));
}

TEST_CASE("a socket is closed with its owner, once, wherever it was moved to") {
  int fd = -1;
  {
    listening_socket first{"localhost", 0, sharing::first};
    fd = first.fd();
    const listening_socket second{std::move(first)};
    CHECK(second.fd() == fd);
  }
  CHECK(::fcntl(fd, F_GETFD) == -1);
}

TEST_CASE("an address that cannot be had is named in the error") {
  CHECK_THROWS_WITH(listening_socket("192.0.2.1", 0, sharing::first), Catch::Contains("192.0.2.1:0"));
  CHECK_THROWS_WITH(listening_socket("no.such.host.invalid", 0, sharing::first),
                    Catch::Contains("no.such.host.invalid"));
}

TEST_CASE("loopback is what parses as such, to its end") {
  for (const auto* host : {"127.0.0.1", "127.255.255.254", "localhost", "::1"})
    CHECK(is_loopback(host));
  for (const auto* host : {"", "128.0.0.1", "0.0.0.0", "127.0.0.1.evil.example", "127.1", "localhost.evil.example",
                           "xlocalhost", "::", "::2", "[::1]", "127.0.0.1 "})
    CHECK_FALSE(is_loopback(host));
}
