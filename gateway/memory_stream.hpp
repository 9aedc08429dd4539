#pragma once

#include <utility>

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/beast/core/error.hpp>
#include <boost/beast/core/role.hpp>
#include <boost/system/system_error.hpp>

#include <string>

namespace lintel::gateway {

/// A SyncStream without a socket: what Beast writes goes to a string, and there is never anything to read.
/// Lets Beast's WebSocket handshake run on the stack, on requests that were parsed elsewhere.
struct memory_stream {
  using executor_type = boost::asio::io_context::executor_type;

  explicit memory_stream(boost::asio::io_context& context) : executor(context.get_executor()) {}
  executor_type get_executor() const noexcept { return executor; }

  template <class Buffers>
  std::size_t read_some(const Buffers&, boost::beast::error_code& error) {
    error = boost::asio::error::would_block;
    return 0;
  }
  template <class Buffers>
  std::size_t read_some(const Buffers&) {
    throw boost::system::system_error{boost::asio::error::would_block};
  }
  template <class Buffers>
  std::size_t write_some(const Buffers& buffers, boost::beast::error_code& error) {
    error = {};
    return write_some(buffers);
  }
  template <class Buffers>
  std::size_t write_some(const Buffers& buffers) {
    std::size_t count = 0;
    for (auto it = boost::asio::buffer_sequence_begin(buffers); it != boost::asio::buffer_sequence_end(buffers); ++it) {
      const boost::asio::const_buffer part{*it};
      if (written != nullptr)
        written->append(static_cast<const char*>(part.data()), part.size());
      count += part.size();
    }
    return count;
  }

  executor_type executor;
  std::string* written = nullptr;
};

// Found by Beast through argument-dependent lookup when a handshake fails.
inline void teardown(boost::beast::role_type, memory_stream&, boost::beast::error_code& error) { error = {}; }
inline void beast_close_socket(memory_stream&) {}

} // namespace lintel::gateway
