#include "app/access_keys.hpp"

#include "protocol/base64.hpp"

#include <fcntl.h>
#include <sys/random.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <fstream>
#include <stdexcept>
#include <system_error>

namespace lintel::app {

using actors::role;

namespace {

constexpr std::size_t random_bytes = 32; // 256 bits: nobody guesses them

std::runtime_error trouble(const std::string& what, const std::filesystem::path& file) {
  return std::runtime_error{what + " " + file.string() + ": " + std::generic_category().message(errno)};
}

std::string unpadded_base64(std::string_view bytes) {
  std::string out;
  protocol::append_base64(out, bytes);
  out.resize(std::min(out.size(), out.find('=')));
  return out;
}

// Letters, digits, - and _ : may stand in a URL as it is.
std::string new_key() {
  std::array<char, random_bytes> bytes;
  if (::getrandom(bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size()))
    throw std::system_error{errno, std::generic_category(), "getrandom"};
  auto key = unpadded_base64({bytes.data(), bytes.size()});
  std::ranges::replace(key, '+', '-');
  std::ranges::replace(key, '/', '_');
  return key;
}

std::string read_or_make_key(const std::filesystem::path& file) {
  const int fd = ::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (fd < 0) {
    if (errno == EEXIST)
      return read_key(file);
    throw trouble("cannot make the key file", file);
  }
  auto key = new_key();
  const auto line = key + '\n';
  const bool is_written = ::write(fd, line.data(), line.size()) == static_cast<ssize_t>(line.size());
  ::close(fd);
  if (!is_written)
    throw trouble("cannot write the key file", file);
  return key;
}

bool is_same(std::string_view secret, std::string_view guess) noexcept {
  unsigned difference = secret.size() == guess.size() ? 0u : 1u;
  for (std::size_t i = 0; i < guess.size(); ++i)
    difference |= static_cast<unsigned char>(guess[i] ^ secret[i % secret.size()]);
  return difference == 0;
}

} // namespace

std::filesystem::path key_file(const std::filesystem::path& data_dir, role which) {
  return data_dir / (which == role::admin ? "admin.key" : "viewer.key");
}

std::string read_key(const std::filesystem::path& file) {
  std::ifstream in{file};
  if (!in)
    throw trouble("no server has made its keys here yet (start it, or say its --data-dir): cannot read", file);
  std::string key;
  if (!(in >> key) || key.size() < random_bytes)
    throw std::runtime_error{"the key file " + file.string() +
                             " is empty or too short; delete it, and the next start makes a new one"};
  return key;
}

access_keys::access_keys(const std::filesystem::path& data_dir)
    : plain_{.admin = read_or_make_key(key_file(data_dir, role::admin)),
             .viewer = read_or_make_key(key_file(data_dir, role::viewer))},
      base64_{.admin = unpadded_base64(plain_.admin), .viewer = unpadded_base64(plain_.viewer)} {}

// Both are compared, whatever the first says.
role access_keys::secrets::role_of(std::string_view guess) const noexcept {
  const bool is_admin = is_same(admin, guess);
  const bool is_viewer = is_same(viewer, guess);
  return is_admin ? role::admin : is_viewer ? role::viewer : role::none;
}

role access_keys::role_of(std::string_view token) const noexcept { return plain_.role_of(token); }

role access_keys::role_of_base64(std::string_view text) const {
  std::string guess{text};
  std::ranges::replace(guess, '-', '+');
  std::ranges::replace(guess, '_', '/');
  return base64_.role_of(guess);
}

} // namespace lintel::app
