#include "gateway/origin.hpp"

#include <catch2/catch.hpp>

using lintel::gateway::host_is_allowed;
using lintel::gateway::origin_is_allowed;
using lintel::gateway::reach;

namespace {

using list = std::vector<std::string>;

bool allowed(std::string_view origin, std::string_view host, const list& entries = {}) {
  return origin_is_allowed(origin, host, reach::network, entries);
}

} // namespace

TEST_CASE("no origin at all is a client that is no browser") { CHECK(allowed("", "good.com")); }

TEST_CASE("a page of our own host and port may connect") {
  CHECK(allowed("http://good.com", "good.com"));
  CHECK(allowed("https://good.com", "good.com"));
  CHECK(allowed("http://good.com:8080", "good.com:8080"));
  CHECK(allowed("https://good.com", "good.com:443"));
  CHECK(allowed("http://good.com", "good.com:80"));
  CHECK(allowed("http://[2001:db8::1]:8080", "[2001:db8::1]:8080"));
}

TEST_CASE("a server on loopback believes in no foreign name of its own: it may have been pointed at 127.0.0.1") {
  CHECK_FALSE(origin_is_allowed("http://evil.example:4000", "evil.example:4000", reach::loopback, {}));
  CHECK(origin_is_allowed("https://good.com", "good.com", reach::loopback, {"https://good.com"}));
  CHECK(origin_is_allowed("http://localhost:3000", "127.0.0.1:4000", reach::loopback, {}));
}

TEST_CASE("the case of a host name means nothing") {
  CHECK(allowed("HTTPS://GOOD.com", "good.COM"));
  CHECK(allowed("https://A.Example", "x", {"HTTPS://a.example"}));
}

TEST_CASE("a name that only looks like ours is somebody else's") {
  for (const auto* origin :
       {"https://evil.com", "https://good.com.evil", "https://evil-good.com", "https://evilgood.com", "https://good.co",
        "https://good.com.", "https://sub.good.com", "https://good.com@evil.com", "https://evil.com/good.com",
        "https://evil.com?good.com", "https://evil.com#good.com", "https://good.com evil",
        "https://goоd.com" /* a Cyrillic o */}) {
    INFO(origin);
    CHECK_FALSE(allowed(origin, "good.com"));
  }
}

TEST_CASE("another port of our host is another origin") {
  CHECK_FALSE(allowed("http://good.com:8081", "good.com:8080"));
  CHECK_FALSE(allowed("http://good.com", "good.com:8080"));
  CHECK_FALSE(allowed("http://good.com:8080", "good.com:80"));
  CHECK_FALSE(allowed("http://good.com:8080", "good.com"));
}

TEST_CASE("null and what is no URL pass only where everybody does") {
  for (const auto* origin : {"null", "NULL", "good.com", "http:/good.com", "//", "http://", "://", "http//good.com"}) {
    INFO(origin);
    CHECK_FALSE(allowed(origin, "good.com"));
    CHECK_FALSE(allowed(origin, "good.com", {"https://good.com", "//*.good.com"}));
    CHECK(allowed(origin, "good.com", {"*"}));
  }
}

TEST_CASE("loopback pages may connect to a loopback server, whatever the port") {
  CHECK(allowed("http://localhost:5173", "127.0.0.1:4000"));
  CHECK(allowed("http://127.0.0.1:5173", "localhost:4000"));
  CHECK(allowed("http://[::1]:5173", "localhost:4000"));
  CHECK(allowed("http://127.9.9.9", "[::1]:4000"));
}

TEST_CASE("loopback is an address, not a prefix, and counts only where the server is local too") {
  CHECK_FALSE(allowed("http://127.0.0.1.evil.example", "127.0.0.1:4000"));
  CHECK_FALSE(allowed("http://localhost.evil.example", "localhost:4000"));
  CHECK_FALSE(allowed("http://127.0.0.1@evil.example", "127.0.0.1:4000"));
  CHECK_FALSE(allowed("http://evil.example", "127.0.0.1:4000"));
  CHECK_FALSE(allowed("http://128.0.0.1", "127.0.0.1:4000"));
  CHECK_FALSE(allowed("http://127.0.0.1:5173", "good.com"));
  CHECK_FALSE(allowed("http://127.1", "127.0.0.1:4000")); // browsers write addresses out
}

TEST_CASE("an entry compares the scheme and the port that it names") {
  const list entries{"https://a.example"};
  CHECK(allowed("https://a.example", "x", entries));
  CHECK(allowed("https://a.example:443", "x", entries));
  CHECK_FALSE(allowed("http://a.example", "x", entries));
  CHECK_FALSE(allowed("https://a.example:8443", "x", entries));
  CHECK_FALSE(allowed("https://b.a.example", "x", entries));
  CHECK_FALSE(allowed("https://a.example.evil", "x", entries));
}

TEST_CASE("an entry without a scheme takes any, with a port only that one") {
  CHECK(allowed("http://a.example", "x", {"//a.example"}));
  CHECK(allowed("https://a.example:9999", "x", {"//a.example"}));
  CHECK(allowed("http://a.example:8080", "x", {"//a.example:8080"}));
  CHECK_FALSE(allowed("http://a.example:8081", "x", {"//a.example:8080"}));
}

TEST_CASE("a wildcard takes every name below a domain, the domain itself, and nothing beside it") {
  const list entries{"//*.b.example"};
  CHECK(allowed("https://x.b.example", "x", entries));
  CHECK(allowed("https://y.x.b.example", "x", entries));
  CHECK(allowed("https://b.example", "x", entries));
  CHECK_FALSE(allowed("https://evilb.example", "x", entries));
  CHECK_FALSE(allowed("https://b.example.evil", "x", entries));
  CHECK_FALSE(allowed("https://x.b.example.evil", "x", entries));
}

TEST_CASE("a star takes everybody; an entry that is no origin takes nobody") {
  CHECK(allowed("https://anybody.example", "x", {"*"}));
  CHECK_FALSE(allowed("https://a.example", "x", {"a.example"}));
  CHECK_FALSE(allowed("https://a.example", "x", {""}));
}

TEST_CASE("on loopback a page is asked for by a name of this machine, or by one that the operator listed") {
  for (const auto* host : {"localhost", "localhost:4000", "127.0.0.1:4000", "[::1]:4000", "LOCALHOST:80", ""})
    CHECK(host_is_allowed(host, reach::loopback, {}));
  for (const auto* host : {"evil.example", "evil.example:4000", "127.0.0.1.evil.example", "localhost.evil.example:4000",
                           "192.168.1.1:4000", "[2001:db8::1]:4000", "-", "@localhost"})
    CHECK_FALSE(host_is_allowed(host, reach::loopback, {}));
  CHECK(host_is_allowed("chat.example", reach::loopback, {"https://chat.example"}));
  CHECK(host_is_allowed("a.chat.example", reach::loopback, {"//*.chat.example"}));
  CHECK_FALSE(host_is_allowed("other.example", reach::loopback, {"https://chat.example"}));
  CHECK(host_is_allowed("whatever", reach::loopback, {"*"}));
}

TEST_CASE("on the network a server cannot know all its names") {
  CHECK(host_is_allowed("good.com:4000", reach::network, {}));
}
