#include "app/access_keys.hpp"

#include "app/secret.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <fstream>
#include <stdexcept>
#include <system_error>

namespace lintel::app {

using actors::role;

namespace {

constexpr std::size_t key_chars_min = 32; // fewer: the file was not written to its end

std::runtime_error trouble(const std::string& what, const std::filesystem::path& file) {
  return std::runtime_error{what + " " + file.string() + ": " + std::generic_category().message(errno)};
}

std::string read_or_make_key(const std::filesystem::path& file) {
  const int fd = ::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (fd < 0) {
    if (errno == EEXIST)
      return read_key(file);
    throw trouble("cannot make the key file", file);
  }
  auto key = new_secret();
  const auto line = key + '\n';
  const bool is_written = ::write(fd, line.data(), line.size()) == static_cast<ssize_t>(line.size());
  ::close(fd);
  if (!is_written)
    throw trouble("cannot write the key file", file);
  return key;
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
  if (!(in >> key) || key.size() < key_chars_min)
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
  const bool is_admin = is_same_secret(admin, guess);
  const bool is_viewer = is_same_secret(viewer, guess);
  return is_admin ? role::admin : is_viewer ? role::viewer : role::none;
}

role access_keys::role_of(std::string_view token) const noexcept { return plain_.role_of(token); }

role access_keys::role_of_base64(std::string_view text) const { return base64_.role_of(standard_base64(text)); }

} // namespace lintel::app
