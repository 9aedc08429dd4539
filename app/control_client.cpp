#include "app/control_client.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>
#include <utility> // Boost 1.74's awaitable.hpp forgets it under C++20

#include <stdexcept>

namespace lintel::app {

namespace net = boost::asio;
using net::local::stream_protocol;

struct control_client::connection {
  net::io_context context{1};
  stream_protocol::socket socket{context};
  std::string received;
};

control_client::control_client(const std::filesystem::path& data_dir) : connection_(std::make_unique<connection>()) {
  const auto path = data_dir / "control.sock";
  boost::system::error_code error;
  connection_->socket.connect(stream_protocol::endpoint{path.string()}, error);
  if (error)
    throw std::runtime_error{"no server answers at " + path.string() + " (" + error.message() +
                             "); start one with `lintel serve`, or name its data directory with --data-dir"};
}

control_client::~control_client() = default;

std::string control_client::ask(const std::string& request) {
  boost::system::error_code error;
  net::write(connection_->socket, net::buffer(request + "\n"), error);
  const auto bytes =
      error ? 0 : net::read_until(connection_->socket, net::dynamic_buffer(connection_->received), '\n', error);
  if (error)
    throw std::runtime_error{"the server went away before it answered: " + error.message()};
  auto line = connection_->received.substr(0, bytes - 1);
  connection_->received.erase(0, bytes);
  return line;
}

} // namespace lintel::app
