#pragma once

#include "app/byte_text.hpp"
#include "app/duration_text.hpp"
#include "app/rate_text.hpp"

#include <chrono>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace lintel::app {

// What an option or a key of the configuration file may be set to. Each kind has
//   read(text)    the value; nullopt: the text is none of this kind
//   wanted()      what follows "must be" in the message about such a text
//   text(value)   the value as read() takes it
//   name()        what --help writes for a value

struct whole_number {
  std::uint64_t min = 0;
  std::uint64_t max = std::numeric_limits<std::uint64_t>::max();

  std::optional<std::uint64_t> read(std::string_view text) const;
  std::string wanted() const;
  std::string text(std::uint64_t value) const { return std::to_string(value); }
  std::string name() const { return "N"; }
};

struct byte_range {
  std::uint64_t min = 1;
  std::uint64_t max = 1ull << 40; ///< 1 TiB

  std::optional<std::uint64_t> read(std::string_view text) const;
  std::string wanted() const;
  std::string text(std::uint64_t value) const { return bytes_text(value); }
  std::string name() const { return "BYTES"; }
};

struct duration_range {
  std::chrono::milliseconds min{1};
  std::chrono::milliseconds max = std::chrono::hours{24};
  bool may_be_none = false;             ///< 0 is taken, too
  std::chrono::milliseconds step = min; ///< only multiples of it are

  std::optional<std::chrono::milliseconds> read(std::string_view text) const;
  std::string wanted() const;
  std::string text(std::chrono::nanoseconds value) const {
    return duration_text(std::chrono::duration_cast<std::chrono::milliseconds>(value));
  }
  std::string name() const { return "TIME"; }
};

/// One of a few words.
template <class Value>
struct choice {
  std::vector<std::pair<std::string_view, Value>> all;

  std::optional<Value> read(std::string_view text) const {
    for (const auto& [word, value] : all)
      if (word == text)
        return value;
    return std::nullopt;
  }
  std::string wanted() const {
    std::string out;
    for (std::size_t i = 0; i < all.size(); ++i)
      out.append(i == 0 ? "" : i + 1 == all.size() ? " or " : ", ").append(all[i].first);
    return out;
  }
  std::string text(Value value) const {
    for (const auto& [word, each] : all)
      if (each == value)
        return std::string{word};
    return {};
  }
  std::string name() const { return "HOW"; }
};

/// Puts what read() found where it belongs; kinds see to it that it fits.
template <class Rep, class Period>
void assign(std::chrono::duration<Rep, Period>& to, std::chrono::milliseconds from) {
  to = std::chrono::duration_cast<std::chrono::duration<Rep, Period>>(from);
}
template <class To, class From>
void assign(To& to, From from) {
  to = static_cast<To>(std::move(from));
}

/// "1,000,000"
std::string with_commas(std::uint64_t number);

} // namespace lintel::app
