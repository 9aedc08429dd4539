#include "app/secret.hpp"

#include "protocol/base64.hpp"

#include <sys/random.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <system_error>

namespace lintel::app {

namespace {

constexpr std::size_t random_bytes = 32; // 256 bits: nobody guesses them

} // namespace

std::string unpadded_base64(std::string_view bytes) {
  std::string out;
  protocol::append_base64(out, bytes);
  out.resize(std::min(out.size(), out.find('=')));
  return out;
}

std::string standard_base64(std::string_view text) {
  std::string out{text};
  std::ranges::replace(out, '-', '+');
  std::ranges::replace(out, '_', '/');
  return out;
}

std::string new_secret() {
  std::array<char, random_bytes> bytes;
  if (::getrandom(bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size()))
    throw std::system_error{errno, std::generic_category(), "getrandom"};
  auto secret = unpadded_base64({bytes.data(), bytes.size()});
  std::ranges::replace(secret, '+', '-');
  std::ranges::replace(secret, '/', '_');
  return secret;
}

bool is_same_secret(std::string_view secret, std::string_view guess) noexcept {
  unsigned difference = secret.size() == guess.size() ? 0u : 1u;
  for (std::size_t i = 0; i < guess.size(); ++i)
    difference |= static_cast<unsigned char>(guess[i] ^ secret[i % secret.size()]);
  return difference == 0;
}

} // namespace lintel::app
