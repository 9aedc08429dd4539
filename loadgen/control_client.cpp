#include "loadgen/control_client.hpp"

#include "loadgen/cannot_run.hpp"

#include <fmt/format.h>
#include <rapidjson/document.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

namespace lintel::loadgen {

namespace {

rapidjson::Document result_of(const std::string& answer) {
  rapidjson::Document document;
  document.Parse(answer.data(), answer.size());
  if (document.HasParseError() || !document.IsObject() || !document.HasMember("ok"))
    throw cannot_run{
        fmt::format("the control socket answered something unreadable: {:.100}", answer)};
  if (!document["ok"].IsTrue()) {
    const bool has_text = document.HasMember("error") && document["error"].IsString();
    throw cannot_run{fmt::format("the control socket refused: {}",
                                 has_text ? document["error"].GetString() : "no reason given")};
  }
  if (!document.HasMember("result"))
    throw cannot_run{"the control socket answered without a result"};
  rapidjson::Document result;
  result.CopyFrom(document["result"], result.GetAllocator());
  return result;
}

std::int64_t integer_of(const rapidjson::Value& object, const char* name) {
  if (!object.IsObject() || !object.HasMember(name) || !object[name].IsInt64())
    throw cannot_run{fmt::format("the control socket's answer lacks the integer \"{}\"", name)};
  return object[name].GetInt64();
}

} // namespace

control_client::control_client(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path)
    throw cannot_run{fmt::format("the control socket's path is too long: {}", path)};
  std::memcpy(address.sun_path, path.data(), path.size());
  fd_ = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  // The longest answer is a list of 20,000 connections, some milliseconds of work.
  const timeval patience{.tv_sec = 10, .tv_usec = 0};
  setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  if (connect(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    const int error = errno;
    close(std::exchange(fd_, -1));
    throw cannot_run{
        fmt::format("cannot connect to the control socket {}: {}; is it DATA_DIR/control.sock "
                    "of a running server?",
                    path, std::strerror(error))};
  }
}

control_client::~control_client() {
  if (fd_ >= 0)
    close(fd_);
}

control_client::control_client(control_client&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)), received_(std::move(other.received_)) {}

std::string control_client::ask(const std::string& request) {
  const std::string line = request + '\n';
  std::string_view left = line;
  while (!left.empty()) {
    const ssize_t sent = send(fd_, left.data(), left.size(), MSG_NOSIGNAL);
    if (sent < 0)
      throw cannot_run{fmt::format("the control socket broke: {}", std::strerror(errno))};
    left.remove_prefix(static_cast<std::size_t>(sent));
  }
  std::size_t end = received_.find('\n');
  while (end == received_.npos) {
    std::array<char, 65536> buffer;
    const ssize_t size = recv(fd_, buffer.data(), buffer.size(), 0);
    if (size <= 0)
      throw cannot_run{size == 0 ? "the server closed the control socket"
                                 : "the control socket did not answer within 10 s"};
    const std::size_t searched = received_.size();
    received_.append(buffer.data(), static_cast<std::size_t>(size));
    end = received_.find('\n', searched);
  }
  std::string answer = received_.substr(0, end);
  received_.erase(0, end + 1);
  return answer;
}

server_counters control_client::counters() {
  const rapidjson::Document found = result_of(ask(R"({"command":"counters"})"));
  return {.kills = integer_of(found, "kills"),
          .crashes = integer_of(found, "crashes"),
          .restarts = integer_of(found, "restarts"),
          .gave_up = integer_of(found, "gave_up"),
          .connections_open = integer_of(found, "connections_open"),
          .sockets_closed_by_server = integer_of(found, "sockets_closed_by_server"),
          .unhandled = integer_of(found, "unhandled"),
          .pid = static_cast<pid_t>(integer_of(found, "pid"))};
}

bool server_levels::is_within(const server_levels& base) const noexcept {
  return connections_open <= base.connections_open && processes_alive <= base.processes_alive && rooms <= base.rooms &&
         timers <= base.timers && deadlines <= base.deadlines;
}

server_levels control_client::levels() {
  const rapidjson::Document found = result_of(ask(R"({"command":"counters"})"));
  return {.connections_open = integer_of(found, "connections_open"),
          .processes_alive = integer_of(found, "processes_alive"),
          .rooms = integer_of(found, "rooms"),
          .timers = integer_of(found, "timers"),
          .deadlines = integer_of(found, "deadlines")};
}

std::vector<connection_state> control_client::connections() {
  const rapidjson::Document found = result_of(ask(R"({"command":"connections"})"));
  if (!found.IsArray())
    throw cannot_run{"the control socket's list of connections is no array"};
  std::vector<connection_state> states;
  for (const rapidjson::Value& each : found.GetArray()) {
    if (!each.IsObject() || !each.HasMember("id") || !each["id"].IsString())
      throw cannot_run{"the control socket lists a connection without an id"};
    states.push_back({each["id"].GetString(), integer_of(each, "incarnation")});
  }
  return states;
}

std::uint64_t control_client::kill_random_connections(std::uint32_t count) {
  const std::string request = fmt::format(R"({{"command":"kill","random":{}}})", count);
  return static_cast<std::uint64_t>(integer_of(result_of(ask(request)), "killed"));
}

std::uint64_t control_client::inject(fault how, std::span<const std::string> ids) {
  rapidjson::StringBuffer request;
  rapidjson::Writer<rapidjson::StringBuffer> writer{request};
  writer.StartObject();
  writer.Key("command");
  writer.String(how == fault::kill ? "kill" : "crash");
  writer.Key("ids");
  writer.StartArray();
  for (const std::string& id : ids)
    writer.String(id.c_str(), static_cast<rapidjson::SizeType>(id.size()));
  writer.EndArray();
  writer.EndObject();
  const rapidjson::Document found = result_of(ask(request.GetString()));
  const bool is_killed = found.IsObject() && found.HasMember("killed");
  return static_cast<std::uint64_t>(integer_of(found, is_killed ? "killed" : "crashed"));
}

} // namespace lintel::loadgen
