#include "gateway/socket_worker.hpp"

#include "tests/support/running_server.hpp"

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/websocket.hpp>
#include <catch2/catch.hpp>
#include <utility> // Boost 1.74's awaitable.hpp forgets it under C++20

// Another implementation of RFC 6455 as client.

using namespace lintel::testing;
namespace net = boost::asio;
namespace websocket = boost::beast::websocket;

namespace {

struct beast_client {
  explicit beast_client(std::uint16_t port) {
    socket.next_layer().connect({net::ip::address_v4::loopback(), port});
    socket.handshake("localhost", "/socket/websocket?vsn=2.0.0");
  }
  std::string read() {
    boost::beast::flat_buffer buffer;
    socket.read(buffer);
    return {static_cast<const char*>(buffer.data().data()), buffer.size()};
  }

  net::io_context context{1};
  websocket::stream<net::ip::tcp::socket> socket{context};
};

} // namespace

TEST_CASE("Beast's client is answered, in one frame or in many") {
  running_server world;
  beast_client client{world.port()};
  client.socket.write(net::buffer(tcp_client::heartbeat_text(1)));
  CHECK(client.read() == tcp_client::heartbeat_answer(1));
  client.socket.auto_fragment(true);
  client.socket.write_buffer_bytes(8);
  client.socket.write(net::buffer(tcp_client::heartbeat_text(2)));
  CHECK(client.read() == tcp_client::heartbeat_answer(2));
}

TEST_CASE("Beast's pings are ponged while messages flow") {
  running_server world;
  beast_client client{world.port()};
  int pongs = 0;
  client.socket.control_callback([&](websocket::frame_type kind, boost::beast::string_view text) {
    pongs += kind == websocket::frame_type::pong && text == "hi" ? 1 : 0;
  });
  for (int i = 0; i < 10; ++i) {
    client.socket.ping("hi");
    client.socket.write(net::buffer(tcp_client::heartbeat_text(i)));
    CHECK(client.read() == tcp_client::heartbeat_answer(i));
  }
  CHECK(pongs == 10);
}

TEST_CASE("Beast's closing handshake ends in good order") {
  running_server world;
  beast_client client{world.port()};
  boost::system::error_code error;
  client.socket.close({websocket::close_code::going_away, "bye"}, error);
  CHECK_FALSE(error);
  CHECK(client.socket.reason().code == websocket::close_code::going_away);
  CHECK(world.counter_becomes("connections_open", 0));
}

TEST_CASE("Beast hears why the server closes") {
  running_server world;
  beast_client client{world.port()};
  client.socket.write(net::buffer(std::string{"not json"}));
  boost::beast::flat_buffer buffer;
  boost::system::error_code error;
  client.socket.read(buffer, error);
  CHECK(error == websocket::error::closed);
  CHECK(client.socket.reason().code == websocket::close_code::bad_payload);
}
