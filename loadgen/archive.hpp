#pragma once

#include "base/ensure.hpp"

#include <cstring>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace lintel::loadgen {

template <class Value>
concept plain = std::is_trivially_copyable_v<Value> && !std::is_pointer_v<Value>;

/// Values one after the other in host byte order: for one program on one machine.
class archive_writer {
public:
  template <plain Value>
  void put(const Value& value) {
    bytes_.append(reinterpret_cast<const char*>(&value), sizeof value);
  }

  template <plain Value>
  void put(const std::vector<Value>& values) {
    put(values.size());
    bytes_.append(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(Value));
  }

  void put(const std::string& text) {
    put(text.size());
    bytes_.append(text);
  }

  std::string take() noexcept { return std::move(bytes_); }

private:
  std::string bytes_;
};

/// Reads what an archive_writer wrote, in the same order. Too few bytes: broken_invariant.
class archive_reader {
public:
  explicit archive_reader(std::string_view bytes) noexcept : bytes_(bytes) {}

  template <plain Value>
  void get(Value& value) {
    std::memcpy(&value, cut(sizeof value).data(), sizeof value);
  }

  template <plain Value>
  void get(std::vector<Value>& values) {
    const std::size_t count = get_count(sizeof(Value));
    values.resize(count);
    if (count != 0)
      std::memcpy(values.data(), cut(count * sizeof(Value)).data(), count * sizeof(Value));
  }

  void get(std::string& text) { text = cut(get_count(1)); }

  template <class Value>
  Value get() {
    Value value{};
    get(value);
    return value;
  }

  bool is_at_end() const noexcept { return bytes_.empty(); }

private:
  std::size_t get_count(std::size_t unit) {
    std::size_t count = 0;
    get(count);
    base::ensure(count <= bytes_.size() / unit, "an archive holds what its counts promise");
    return count;
  }

  std::string_view cut(std::size_t size) {
    base::ensure(size <= bytes_.size(), "an archive is read as it was written");
    const std::string_view front = bytes_.substr(0, size);
    bytes_.remove_prefix(size);
    return front;
  }

  std::string_view bytes_;
};

} // namespace lintel::loadgen
