// The floor: what the workloads cost at least. One thread, raw epoll, no libraries, no checks that
// the workloads do not need. Every figure of Lintel is a ratio to this program.
//
//   accept → recv → unmask → cut → a pointer on each member's list → one send per socket and turn

#include "floor_connection.hpp"
#include "websocket_accept.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <memory>
#include <system_error>
#include <unordered_map>
#include <vector>

namespace lintel::bench {

namespace {

void check(int result, const char* what) {
  if (result < 0)
    throw std::system_error{errno, std::generic_category(), what};
}

constexpr std::string_view ok_empty = R"("phx_reply",{"status":"ok","response":{}}])";

class floor_server {
public:
  explicit floor_server(std::uint16_t port);
  std::uint16_t port() const;
  [[noreturn]] void run();

private:
  void accept_all();
  void readable(connection& c);
  void take(connection& c, char* bytes, std::size_t size);
  std::size_t take_upgrade(connection& c, std::string_view bytes);
  void take_message(connection& c, std::string_view text);
  void join(connection& c, const message& m);
  void broadcast(room& to, const message& m);
  void enqueue(connection& c, frame* shared);
  void flush(connection& c);
  void watch(connection& c, std::uint32_t events, int how);
  void drop(connection& c);

  int epoll_ = -1;
  int listener_ = -1;
  std::deque<connection> connections_;
  std::vector<connection*> free_;
  std::vector<connection*> gone_; ///< of this turn: not to be used again before its end
  std::vector<connection*> dirty_;
  std::unordered_map<std::string, room> rooms_;
  std::array<char, 65536> input_;
};

floor_server::floor_server(std::uint16_t port) {
  check(epoll_ = epoll_create1(EPOLL_CLOEXEC), "epoll_create1");
  check(listener_ = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), "socket");
  const int on = 1;
  const int defer_seconds = 5;
  setsockopt(listener_, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  setsockopt(listener_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on); // accepted sockets inherit it
  setsockopt(listener_, IPPROTO_TCP, TCP_DEFER_ACCEPT, &defer_seconds, sizeof defer_seconds);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  check(bind(listener_, reinterpret_cast<sockaddr*>(&address), sizeof address), "bind");
  check(listen(listener_, SOMAXCONN), "listen");
  epoll_event event{};
  event.events = EPOLLIN;
  check(epoll_ctl(epoll_, EPOLL_CTL_ADD, listener_, &event), "epoll_ctl");
}

std::uint16_t floor_server::port() const {
  sockaddr_in address{};
  socklen_t size = sizeof address;
  check(getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size), "getsockname");
  return ntohs(address.sin_port);
}

void floor_server::run() {
  std::array<epoll_event, 512> events;
  for (;;) {
    const int count = epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), -1);
    for (int i = 0; i < count; ++i) {
      const auto& event = events[static_cast<std::size_t>(i)];
      if (event.data.ptr == nullptr) {
        accept_all();
        continue;
      }
      auto& c = *static_cast<connection*>(event.data.ptr);
      if ((event.events & EPOLLOUT) != 0)
        flush(c);
      if (c.fd >= 0 && (event.events & ~std::uint32_t{EPOLLOUT}) != 0)
        readable(c);
    }
    for (auto* c : dirty_) {
      c->is_dirty = false;
      if (c->fd >= 0 && !c->is_full)
        flush(*c);
    }
    dirty_.clear();
    free_.insert(free_.end(), gone_.begin(), gone_.end());
    gone_.clear();
  }
}

void floor_server::accept_all() {
  for (;;) {
    const int fd = accept4(listener_, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd < 0)
      return;
    if (free_.empty())
      free_.push_back(&connections_.emplace_back());
    auto& c = *free_.back();
    free_.pop_back();
    c = {};
    c.fd = fd;
    watch(c, EPOLLIN, EPOLL_CTL_ADD);
    readable(c); // accepting was deferred until the request was here
  }
}

// Level-triggered: what one recv leaves behind is reported again.
void floor_server::readable(connection& c) {
  const auto count = recv(c.fd, input_.data(), input_.size(), 0);
  if (count < 0 && (errno == EAGAIN || errno == EINTR))
    return;
  if (count <= 0)
    return drop(c);
  if (!c.unread)
    return take(c, input_.data(), static_cast<std::size_t>(count));
  const auto whole = std::move(c.unread);
  whole->append(input_.data(), static_cast<std::size_t>(count));
  take(c, whole->data(), whole->size());
}

void floor_server::take(connection& c, char* bytes, std::size_t size) {
  if (!c.is_open) {
    const auto taken = take_upgrade(c, {bytes, size});
    bytes += taken;
    size -= taken;
  }
  while (c.fd >= 0 && c.is_open) {
    const auto found = take_client_frame(bytes, size);
    if (found.state == client_frame::status::need_more)
      break;
    // A close frame is answered by the end of the connection: the generator asks for no more.
    if (found.state == client_frame::status::broken || found.code == 8)
      return drop(c);
    if (found.code == 1)
      take_message(c, found.payload);
    bytes += found.size;
    size -= found.size;
  }
  if (c.fd >= 0 && size > 0)
    c.unread = std::make_unique<std::string>(bytes, size);
}

std::size_t floor_server::take_upgrade(connection& c, std::string_view bytes) {
  const auto end = bytes.find("\r\n\r\n");
  if (end == bytes.npos)
    return 0;
  const auto response = upgrade_response(bytes.substr(0, end + 2));
  // A new socket's send buffer takes these bytes whole.
  if (response.empty() || send(c.fd, response.data(), response.size(), MSG_NOSIGNAL) < 0)
    drop(c);
  else
    c.is_open = true;
  return end + 4;
}

void floor_server::take_message(connection& c, std::string_view text) {
  message m;
  if (!cut_message(text, m))
    return drop(c);
  if (m.event == "phx_join")
    return join(c, m);
  if (m.topic == "phoenix")
    return enqueue(c, frame::of({"[null,", m.ref, R"(,"phoenix",)", ok_empty}));
  if (c.in == nullptr || c.in->topic != m.topic)
    return drop(c);
  if (m.event == "ping")
    return enqueue(c, frame::of({"[", m.join_ref, ",", m.ref, ",\"", m.topic,
                                R"(","phx_reply",{"status":"ok","response":)", m.payload, "}]"}));
  broadcast(*c.in, m);
  enqueue(c, frame::of({"[", m.join_ref, ",", m.ref, ",\"", m.topic, "\",", ok_empty}));
}

void floor_server::join(connection& c, const message& m) {
  auto& to = rooms_[std::string{m.topic}];
  if (to.members.empty())
    to.topic = m.topic;
  if (c.in == nullptr) {
    c.in = &to;
    c.position = static_cast<std::uint32_t>(to.members.size());
    to.members.push_back(&c);
  }
  enqueue(c, frame::of({"[", m.join_ref, ",", m.ref, ",\"", m.topic, "\",", ok_empty}));
}

void floor_server::broadcast(room& to, const message& m) {
  auto* shared = frame::of({"[null,null,\"", m.topic, "\",\"", m.event, "\",", m.payload, "]"});
  shared->references += static_cast<std::uint32_t>(to.members.size());
  for (auto* member : to.members)
    enqueue(*member, shared);
  shared->release();
}

// Takes over one reference.
void floor_server::enqueue(connection& c, frame* shared) {
  c.out.push(shared);
  if (!c.is_dirty) {
    c.is_dirty = true;
    dirty_.push_back(&c);
  }
}

void floor_server::flush(connection& c) {
  while (!c.out.is_empty()) {
    std::array<iovec, 64> parts;
    msghdr whole{};
    whole.msg_iov = parts.data();
    whole.msg_iovlen = c.out.gather(parts);
    const auto count = whole.msg_iovlen == 1
                           ? send(c.fd, parts[0].iov_base, parts[0].iov_len, MSG_NOSIGNAL)
                           : sendmsg(c.fd, &whole, MSG_NOSIGNAL);
    if (count < 0 && errno == EINTR)
      continue;
    if (count < 0 && errno != EAGAIN)
      return drop(c);
    if (count < 0) {
      if (!c.is_full)
        watch(c, EPOLLIN | EPOLLOUT, EPOLL_CTL_MOD);
      c.is_full = true;
      return;
    }
    c.out.sent(static_cast<std::size_t>(count));
  }
  if (c.is_full) {
    c.is_full = false;
    watch(c, EPOLLIN, EPOLL_CTL_MOD);
  }
}

void floor_server::watch(connection& c, std::uint32_t events, int how) {
  epoll_event event{};
  event.events = events;
  event.data.ptr = &c;
  check(epoll_ctl(epoll_, how, c.fd, &event), "epoll_ctl");
}

void floor_server::drop(connection& c) {
  if (c.in != nullptr) {
    auto& members = c.in->members;
    members[c.position] = members.back();
    members[c.position]->position = c.position;
    members.pop_back();
    c.in = nullptr;
  }
  c.out.clear();
  c.unread.reset();
  close(c.fd);
  c.fd = -1;
  gone_.push_back(&c);
}

} // namespace

} // namespace lintel::bench

int main(int count, char** arguments) {
  std::uint16_t port = 0;
  if (count == 3 && std::string_view{arguments[1]} == "--port") {
    port = static_cast<std::uint16_t>(std::atoi(arguments[2]));
  } else if (count != 1) {
    std::fprintf(stderr, "usage: floor_server [--port N]   0, the default: any free port\n");
    return 2;
  }
  try {
    const auto server = std::make_unique<lintel::bench::floor_server>(port);
    std::printf("floor: ready at 127.0.0.1:%u\n", static_cast<unsigned>(server->port()));
    std::fflush(stdout);
    server->run();
  } catch (const std::exception& error) {
    std::fprintf(stderr, "floor_server: %s\n", error.what());
    return 2;
  }
}
