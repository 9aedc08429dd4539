#include "loadgen/channel.hpp"

#include "loadgen/cannot_run.hpp"

#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <utility>

namespace lintel::loadgen {

namespace {

struct note_header {
  std::uint64_t size = 0;
  std::uint64_t kind = 0;
};

} // namespace

void progress::add(const progress& other) noexcept {
  joined += other.joined;
  failed += other.failed;
  closed += other.closed;
  sent += other.sent;
  answered += other.answered;
  deliveries += other.deliveries;
  deliveries_expected += other.deliveries_expected;
  surprises += other.surprises;
  hall_entered += other.hall_entered;
  hall_heard += other.hall_heard;
}

channel::~channel() {
  if (fd_ >= 0)
    ::close(fd_);
}

channel::channel(channel&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)), received_(std::move(other.received_)),
      taken_(std::exchange(other.taken_, 0)) {}

void channel::send(note_kind kind, std::string_view body) {
  if (!write(kind, body))
    throw cannot_run{"a generator thread and its conductor lost each other"};
}

void channel::try_send(note_kind kind, std::string_view body) noexcept {
  static_cast<void>(write(kind, body));
}

bool channel::write(note_kind kind, std::string_view body) {
  archive_writer framed;
  framed.put(note_header{body.size(), static_cast<std::uint64_t>(kind)});
  std::string bytes = framed.take();
  bytes.append(body);
  std::string_view left = bytes;
  while (!left.empty()) {
    const ssize_t sent = ::send(fd_, left.data(), left.size(), MSG_NOSIGNAL);
    if (sent < 0 && errno != EINTR)
      return false;
    left.remove_prefix(sent < 0 ? 0 : static_cast<std::size_t>(sent));
  }
  return true;
}

bool channel::receive() {
  std::array<char, 65536> buffer;
  for (;;) {
    const ssize_t size = ::recv(fd_, buffer.data(), buffer.size(), MSG_DONTWAIT);
    if (size == 0)
      return false;
    if (size < 0)
      return errno == EAGAIN || errno == EINTR;
    received_.append(buffer.data(), static_cast<std::size_t>(size));
  }
}

std::optional<note> channel::next() {
  const std::string_view left = std::string_view{received_}.substr(taken_);
  if (left.size() < sizeof(note_header))
    return std::nullopt;
  const auto header = archive_reader{left.substr(0, sizeof(note_header))}.get<note_header>();
  if (left.size() - sizeof(note_header) < header.size)
    return std::nullopt;
  note found{static_cast<note_kind>(header.kind),
             std::string{left.substr(sizeof(note_header), header.size)}};
  taken_ += sizeof(note_header) + header.size;
  if (taken_ == received_.size()) {
    received_.clear();
    taken_ = 0;
  }
  return found;
}

} // namespace lintel::loadgen
