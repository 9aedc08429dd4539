#include "loadgen/line_reader.hpp"

#include <poll.h>
#include <unistd.h>

#include <array>
#include <cerrno>

namespace lintel::loadgen {

std::optional<std::string> line_reader::next() {
  for (;;) {
    if (auto line = take())
      return line;
    if (is_at_end_ || !read_some())
      return std::nullopt;
  }
}

std::optional<std::string> line_reader::take() {
  const auto end = received_.find('\n');
  if (end == std::string::npos)
    return std::nullopt;
  std::string line = received_.substr(0, end);
  received_.erase(0, end + 1);
  return line;
}

// The descriptor is somebody's stdin: it is asked first instead of being made non-blocking for everybody who has it.
bool line_reader::read_some() {
  pollfd asked{fd_, POLLIN, 0};
  if (poll(&asked, 1, 0) <= 0)
    return false;
  std::array<char, 4096> buffer;
  const ssize_t size = read(fd_, buffer.data(), buffer.size());
  if (size < 0 && errno == EINTR)
    return false;
  if (size <= 0) {
    is_at_end_ = true;
    return false;
  }
  received_.append(buffer.data(), static_cast<std::size_t>(size));
  return true;
}

} // namespace lintel::loadgen
