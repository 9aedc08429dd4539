#include "history/commit_mark.hpp"

#include "history/byte_codec.hpp"
#include "history/rocks_log_options.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

namespace lintel::history {

namespace {

constexpr std::size_t mark_bytes = 24;
constexpr std::uint64_t check_salt = 0x6c696e74656c2d31;

std::uint64_t check_of(commit_numbers what) noexcept { return what.written * 31 ^ what.synced ^ check_salt; }

} // namespace

std::string write_commit_numbers(commit_numbers what) {
  std::string bytes;
  byte_writer to{bytes};
  to.fixed(what.written);
  to.fixed(what.synced);
  to.fixed(check_of(what)); // the file may be torn
  return bytes;
}

std::optional<commit_numbers> parse_commit_numbers(std::string_view bytes) noexcept {
  byte_reader from{bytes};
  commit_numbers it;
  it.written = from.fixed();
  it.synced = from.fixed();
  const auto check = from.fixed();
  return from.is_finished() && check == check_of(it) ? std::optional{it} : std::nullopt;
}

commit_mark::commit_mark(const std::filesystem::path& file)
    : descriptor_(::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600)) {
  if (descriptor_ < 0)
    throw log_unavailable{"cannot open " + file.string() + ": " + std::strerror(errno)};
}

commit_mark::~commit_mark() { ::close(descriptor_); }

commit_numbers commit_mark::read() const noexcept {
  std::array<char, mark_bytes> bytes{};
  const auto count = ::pread(descriptor_, bytes.data(), bytes.size(), 0);
  return count < 0 ? commit_numbers{}
                   : parse_commit_numbers({bytes.data(), static_cast<std::size_t>(count)}).value_or(commit_numbers{});
}

void commit_mark::write(commit_numbers now) const noexcept {
  const auto bytes = write_commit_numbers(now);
  [[maybe_unused]] const auto written = ::pwrite(descriptor_, bytes.data(), bytes.size(), 0);
}

} // namespace lintel::history
