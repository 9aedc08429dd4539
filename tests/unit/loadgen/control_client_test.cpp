#include "loadgen/control_client.hpp"

#include "loadgen/cannot_run.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cstring>
#include <thread>

using namespace lintel::loadgen;

namespace {

/// Answers one request with one prepared line, and keeps the request.
class scripted_server {
public:
  explicit scripted_server(std::string answer)
      : path_(fmt::format("/tmp/lintel-control-test-{}.sock", getpid())) {
    unlink(path_.c_str());
    fd_ = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, path_.data(), path_.size());
    REQUIRE(bind(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
    REQUIRE(listen(fd_, 1) == 0);
    thread_ = std::thread{[this, line = std::move(answer) + "\n"] { serve(line); }};
  }
  ~scripted_server() {
    finish();
    close(fd_);
    unlink(path_.c_str());
  }
  scripted_server(const scripted_server&) = delete;
  scripted_server& operator=(const scripted_server&) = delete;

  const std::string& path() const { return path_; }
  const std::string& request() {
    finish();
    return request_;
  }

private:
  void serve(const std::string& line) {
    const int peer = accept(fd_, nullptr, nullptr);
    std::array<char, 4096> buffer{};
    while (request_.find('\n') == std::string::npos) {
      const ssize_t size = recv(peer, buffer.data(), buffer.size(), 0);
      if (size <= 0)
        break;
      request_.append(buffer.data(), static_cast<std::size_t>(size));
    }
    static_cast<void>(send(peer, line.data(), line.size(), MSG_NOSIGNAL));
    close(peer);
  }

  void finish() {
    if (thread_.joinable())
      thread_.join();
  }

  std::string path_;
  int fd_ = -1;
  std::string request_;
  std::thread thread_;
};

} // namespace

TEST_CASE("counters are read by name, whatever else the server counts") {
  scripted_server server{
      R"({"ok":true,"result":{"kills":1,"crashes":2,"restarts":3,"gave_up":4,)"
      R"("connections_open":5,"sockets_closed_by_server":6,"unhandled":7,"pid":8,"x":9}})"};
  const server_counters found = control_client{server.path()}.counters();
  CHECK(server.request() == "{\"command\":\"counters\"}\n");
  CHECK(found.kills == 1);
  CHECK(found.restarts == 3);
  CHECK(found.sockets_closed_by_server == 6);
  CHECK(found.pid == 8);
}

TEST_CASE("a counter that is missing is an error, not zero") {
  scripted_server server{R"({"ok":true,"result":{"kills":1}})"};
  CHECK_THROWS_WITH(control_client{server.path()}.counters(), Catch::Contains("crashes"));
}

TEST_CASE("faults are sent as a list of ids, and the server's count comes back") {
  scripted_server server{R"({"ok":true,"result":{"killed":2}})"};
  const std::vector<std::string> ids{"c0-1-1", "room:7"};
  CHECK(control_client{server.path()}.inject(fault::kill, ids) == 2);
  CHECK(server.request() == "{\"command\":\"kill\",\"ids\":[\"c0-1-1\",\"room:7\"]}\n");
}

TEST_CASE("the server may choose whom to kill") {
  scripted_server server{R"({"ok":true,"result":{"killed":10}})"};
  CHECK(control_client{server.path()}.kill_random_connections(10) == 10);
  CHECK(server.request() == "{\"command\":\"kill\",\"random\":10}\n");
}

TEST_CASE("a crash may be counted as crashed or killed") {
  scripted_server server{R"({"ok":true,"result":{"crashed":1}})"};
  const std::vector<std::string> ids{"c0-1-1"};
  CHECK(control_client{server.path()}.inject(fault::crash, ids) == 1);
  CHECK(server.request().find(R"("command":"crash")") != std::string::npos);
}

TEST_CASE("connections are listed with id and incarnation") {
  scripted_server server{R"({"ok":true,"result":[{"id":"c0-17-3","user":null,"incarnation":2}]})"};
  const auto found = control_client{server.path()}.connections();
  REQUIRE(found.size() == 1);
  CHECK(found[0].id == "c0-17-3");
  CHECK(found[0].incarnation == 2);
}

TEST_CASE("a refusal is passed on in the server's words") {
  scripted_server server{R"({"ok":false,"error":"no such actor"})"};
  CHECK_THROWS_WITH(control_client{server.path()}.counters(), Catch::Contains("no such actor"));
}

TEST_CASE("nonsense from the control socket stops the run") {
  scripted_server server{"what?"};
  CHECK_THROWS_AS(control_client{server.path()}.counters(), cannot_run);
}

TEST_CASE("a control socket that is not there is named") {
  CHECK_THROWS_WITH(control_client{"/nonexistent/control.sock"},
                    Catch::Contains("/nonexistent/control.sock"));
}

TEST_CASE("levels are read by name") {
  scripted_server server{R"({"ok":true,"result":{"connections_open":1,"processes_alive":2,"rooms":3,"timers":4,)"
                         R"("deadlines":5,"pid":8}})"};
  const auto found = control_client{server.path()}.levels();
  CHECK(found.connections_open == 1);
  CHECK(found.processes_alive == 2);
  CHECK(found.rooms == 3);
  CHECK(found.timers == 4);
  CHECK(found.deadlines == 5);
}
