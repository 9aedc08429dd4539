#pragma once

#include <msgpack.hpp>

#include <cstddef>
#include <string>

namespace lintel::protocol {

/// Where msgpack-cxx writes to. Refers to the string.
struct string_sink {
  std::string& out;
  void write(const char* bytes, std::size_t size) { out.append(bytes, size); }
};

using string_packer = msgpack::packer<string_sink>;

} // namespace lintel::protocol
