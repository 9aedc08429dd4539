#include "protocol/frame_reader.hpp"

#include "tests/unit/protocol/client_frames.hpp"
#include "tests/unit/protocol/wire_bytes.hpp"

#include <catch2/catch.hpp>

#include <boost/asio/io_context.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/websocket.hpp>

#include <random>
#include <vector>

// Boost.Beast reads the same bytes as we do; where the two differ, one of us is wrong about
// RFC 6455. The streams avoid what is known of Beast 1.74:
// - it accepts a length with its top bit set, and refuses the close code 1014;
// - it does not notice a text that ends inside a character when its last fragment is empty;
// - it answers a close reason that is no UTF-8 with 1002 where we say 1007;
// - it looks into text frames that are not whole yet, and at headers only when their mask is there;
//   so all frames here are whole.

using namespace lintel::protocol;
using namespace lintel::protocol::test;

namespace oracle {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace websocket = beast::websocket;

/// A stream whose input is in memory and whose output is kept.
class memory_layer {
public:
  using executor_type = asio::io_context::executor_type;

  explicit memory_layer(asio::io_context& context) : executor_(context.get_executor()) {}
  executor_type get_executor() const noexcept { return executor_; }

  template <typename Buffers>
  std::size_t read_some(const Buffers& buffers, beast::error_code& error) {
    error = {};
    if (input.empty()) {
      error = asio::error::would_block;
      return 0;
    }
    const std::size_t size = asio::buffer_copy(buffers, asio::buffer(input.data(), input.size()));
    input.remove_prefix(size);
    return size;
  }
  template <typename Buffers>
  std::size_t write_some(const Buffers& buffers, beast::error_code& error) {
    error = {};
    const std::size_t before = output.size();
    for (auto at = asio::buffer_sequence_begin(buffers); at != asio::buffer_sequence_end(buffers);
         ++at) {
      const asio::const_buffer piece{*at};
      output.append(static_cast<const char*>(piece.data()), piece.size());
    }
    return output.size() - before;
  }
  template <typename Buffers>
  std::size_t read_some(const Buffers& buffers) {
    beast::error_code error;
    return read_some(buffers, error);
  }
  template <typename Buffers>
  std::size_t write_some(const Buffers& buffers) {
    beast::error_code error;
    return write_some(buffers, error);
  }

  std::string_view input;
  std::string output;

private:
  executor_type executor_;
};

void teardown(beast::role_type, memory_layer&, beast::error_code& error) {
  error = {};
}

} // namespace oracle

namespace {

/// What both readers can be asked about.
struct outcome {
  std::vector<std::pair<opcode, std::string>> messages;
  std::vector<std::string> pings;
  unsigned closed_with = 0; ///< a close of the peer
  unsigned failed_with = 0; ///< the code that our side would send

  friend bool operator==(const outcome&, const outcome&) = default;
};

outcome outcome_of(reading& all) {
  outcome result;
  for (const told& item : all.items) {
    if (item.what == frame_item::kind::message)
      result.messages.emplace_back(item.code, item.payload);
    else if (item.what == frame_item::kind::ping)
      result.pings.push_back(item.payload);
    else if (item.what == frame_item::kind::close)
      result.closed_with = item.close_code == 0 ? 1005 : item.close_code;
    else if (item.what == frame_item::kind::failed)
      result.failed_with = row_of(item.reason).code;
  }
  return result;
}

unsigned code_of_close_frame(std::string_view output) {
  unsigned code = 0;
  while (output.size() >= 2) {
    const std::size_t size = static_cast<unsigned char>(output[1]);
    if ((output[0] & 15) == 8)
      code = size < 2 ? 1005
                      : static_cast<unsigned>(static_cast<unsigned char>(output[2]) << 8 |
                                              static_cast<unsigned char>(output[3]));
    output.remove_prefix(2 + size);
  }
  return code;
}

outcome beast_outcome(const std::string& stream, std::size_t message_bytes_max) {
  namespace http = boost::beast::http;
  static http::request<http::empty_body> upgrade = [] {
    http::request<http::empty_body> request{http::verb::get, "/", 11};
    request.set(http::field::host, "x");
    request.set(http::field::upgrade, "websocket");
    request.set(http::field::connection, "Upgrade");
    request.set(http::field::sec_websocket_key, "dGhlIHNhbXBsZSBub25jZQ==");
    request.set(http::field::sec_websocket_version, "13");
    return request;
  }();
  boost::asio::io_context context;
  oracle::websocket::stream<oracle::memory_layer, false> peer{context};
  peer.read_message_max(message_bytes_max);
  outcome result;
  peer.control_callback([&](oracle::websocket::frame_type kind, boost::beast::string_view payload) {
    if (kind == oracle::websocket::frame_type::ping)
      result.pings.emplace_back(payload.data(), payload.size());
  });
  boost::beast::error_code error;
  peer.accept(upgrade, error);
  REQUIRE_FALSE(error);
  peer.next_layer().output.clear();
  peer.next_layer().input = stream;
  while (!error) {
    boost::beast::flat_buffer buffer;
    peer.read(buffer, error);
    if (!error)
      result.messages.emplace_back(
          peer.got_text() ? opcode::text : opcode::binary,
          std::string{static_cast<const char*>(buffer.data().data()), buffer.size()});
  }
  const unsigned sent = code_of_close_frame(peer.next_layer().output);
  if (error == oracle::websocket::error::closed)
    result.closed_with = peer.reason().code == 0 ? 1005 : peer.reason().code;
  else if (error != boost::asio::error::would_block)
    result.failed_with = sent;
  return result;
}

/// Mostly well-formed traffic with a mistake now and then, as otherwise nothing is ever reached.
class random_client {
public:
  explicit random_client(unsigned seed) : random_(seed) {}

  std::string stream() {
    std::string out;
    is_inside_ = false;
    for (unsigned left = 1 + below(14); left > 0; --left)
      out += frame();
    return out;
  }

private:
  std::string frame() {
    switch (below(24)) {
    case 0:
    case 1:
    case 2:
      return client_frame(below(2) == 0 ? opcode::ping : opcode::pong, text(below(126)));
    case 3:
      return below(3) == 0 ? close() : data();
    case 4:
      return below(4) == 0 ? broken() : data();
    default:
      return data();
    }
  }

  std::string data() {
    // One time in thirty the wrong kind of frame for the place.
    const bool continues = below(30) == 0 ? !is_inside_ : is_inside_;
    const opcode code = continues       ? opcode::continuation
                        : below(2) == 0 ? opcode::text
                                        : opcode::binary;
    const fin final = below(3) == 0 ? fin::no : fin::yes;
    is_inside_ = final == fin::no;
    constexpr std::array<unsigned, 6> sizes{0, 1, 60, 125, 127, 3000};
    std::string payload = text(below(sizes[below(sizes.size())] + 1));
    if (code == opcode::continuation && final == fin::yes && payload.empty())
      payload = "x";
    return client_frame(code, payload, final);
  }

  std::string close() {
    constexpr std::array<unsigned, 14> codes{1000, 1001, 1002, 1004, 1005, 1006, 1011,
                                             1012, 1015, 999,  2999, 3000, 4999, 0};
    const unsigned code = codes[below(codes.size())];
    std::string body{static_cast<char>(code >> 8), static_cast<char>(code & 255)};
    if (below(2) == 0)
      body.append(below(100), 'r');
    return client_frame(opcode::close, body.substr(0, below(6) == 0 ? below(2) : body.size()));
  }

  std::string broken() {
    std::string frame = client_frame(opcode::text, text(below(200)));
    switch (below(5)) {
    case 0:
      frame[0] = static_cast<char>(frame[0] | static_cast<char>(0x10 << below(3)));
      return frame;
    case 1:
      frame[0] = static_cast<char>(0x80 | (3 + below(5)));
      return frame;
    case 2:
      frame[1] = static_cast<char>(frame[1] & 0x7f);
      return frame;
    case 3:
      return bytes("81 fe 00 20 00 00 00 00") + std::string(32, 'x');
    default:
      frame[0] = static_cast<char>(0x09);
      return frame;
    }
  }

  std::string text(std::size_t size) {
    std::string out;
    while (out.size() < size) {
      const unsigned choice = below(40);
      out += choice == 0 ? "\xc3\xa9" : choice == 1 ? "\xf0\x9f\x98\x80" : "x";
    }
    // Sometimes cut inside a character, sometimes plainly wrong.
    if (below(60) == 0 && !out.empty())
      out[below(out.size())] = '\xff';
    return out.substr(0, size);
  }

  unsigned below(std::size_t limit) { return static_cast<unsigned>(random_() % limit); }

  std::mt19937 random_;
  bool is_inside_ = false;
};

} // namespace

TEST_CASE("four thousand random client streams are read as Boost.Beast reads them") {
  constexpr unsigned seed = 6455;
  constexpr std::size_t message_bytes_max = 4096;
  random_client client{seed};
  std::array<unsigned, 4> seen{}; // messages, pings, closes, failures
  for (int round = 0; round < 4000; ++round) {
    const std::string stream = client.stream();
    const outcome expected = beast_outcome(stream, message_bytes_max);
    reading ours{{.message_bytes_max = message_bytes_max}};
    const outcome actual = outcome_of(ours.feed(stream));
    INFO("seed " << seed << ", round " << round << ", stream " << hex(stream));
    REQUIRE(actual.messages == expected.messages);
    REQUIRE(actual.pings == expected.pings);
    REQUIRE(actual.closed_with == expected.closed_with);
    REQUIRE(actual.failed_with == expected.failed_with);
    seen[0] += !actual.messages.empty();
    seen[1] += !actual.pings.empty();
    seen[2] += actual.closed_with != 0;
    seen[3] += actual.failed_with != 0;
  }
  // The streams are worth comparing only if they reach every kind of outcome.
  for (const unsigned count : seen)
    CHECK(count > 100);
}
