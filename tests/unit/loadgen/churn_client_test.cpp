#include "loadgen/churn_client.hpp"

#include "tests/unit/loadgen/client_stage.hpp"

using namespace lintel::loadgen;
using testing::await_readable;
using testing::switching;
using life_phase = churn_client::phase;

namespace {

/// One life that leaves by `how`, with the server's end of its socket in the test's hands.
class life {
public:
  explicit life(parting how) {
    std::uint64_t cycle = 0;
    while (plan_.step(cycle).how != how || (how > parting::reset && plan_.step(cycle).is_reset))
      ++cycle;
    REQUIRE(client.open(cycle, context));
    server_ = port_.accept_one();
    client.ready(EPOLLOUT, context);
  }
  ~life() { hang_up(); }
  life(const life&) = delete;
  life& operator=(const life&) = delete;

  life& send(std::string_view bytes) {
    REQUIRE(::send(server_, bytes.data(), bytes.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(bytes.size()));
    await_readable(client.fd());
    client.ready(EPOLLIN, context);
    return *this;
  }
  life& say(std::string_view text, char first = '\x81') {
    REQUIRE(text.size() < 126);
    return send(std::string{first, static_cast<char>(text.size())}.append(text));
  }
  life& answer(std::string_view ref, std::string_view status = "ok") {
    return say(fmt::format(R"(["1","{}","room:churn-0","phx_reply",{{"status":"{}","response":{{}}}}])", ref, status));
  }
  life& come_to_push() { return send(switching).answer("1"); }
  void hang_up() {
    if (server_ >= 0)
      ::close(std::exchange(server_, -1));
  }
  life& ended_by_server() {
    hang_up();
    await_readable(client.fd());
    client.ready(EPOLLIN | EPOLLRDHUP, context);
    return *this;
  }
  std::string heard() const {
    await_readable(server_);
    std::array<char, 4096> buffer{};
    const ssize_t size = recv(server_, buffer.data(), buffer.size(), MSG_DONTWAIT);
    return {buffer.data(), static_cast<std::size_t>(std::max<ssize_t>(size, 0))};
  }
  bool has_stream_ended() const {
    while (!heard().empty()) {
    }
    char byte = 0;
    return recv(server_, &byte, 1, MSG_DONTWAIT) == 0;
  }

private:
  testing::listener port_;
  endpoint target_ = port_.where();
  source_addresses sources_{target_, 1, std::nullopt};
  churn_plan plan_{1, 1};
  int server_ = -1;

public:
  churn_tally tally;
  churn_context context{.target = target_,
                        .sources = sources_,
                        .plan = plan_,
                        .tally = tally,
                        .request = upgrade_request("h"),
                        .input = std::vector<char>(64 * 1024)};
  churn_client client;
};

std::uint64_t lived(const churn_tally& tally, parting how) { return tally.left_by[static_cast<std::size_t>(how)]; }

} // namespace

TEST_CASE("a client upgrades, joins, pushes, gets its answer and leaves") {
  life one{parting::end_of_stream};
  CHECK(one.heard() == upgrade_request("h"));
  one.come_to_push();
  CHECK(one.client.where() == life_phase::pushing);
  one.answer("2");
  CHECK(one.client.where() == life_phase::parting);
  CHECK(one.has_stream_ended());
  one.ended_by_server();
  CHECK(one.client.where() == life_phase::over);
  CHECK(one.tally.cycles == 1);
  CHECK(one.tally.failures == 0);
  CHECK(lived(one.tally, parting::end_of_stream) == 1);
  CHECK(one.tally.pushes == 1);
  CHECK(one.tally.answered_ok == 1);
}

TEST_CASE("what others say in the room is no answer") {
  life one{parting::end_of_stream};
  one.come_to_push().say(R"([null,null,"room:churn-0","new_msg",{"cycle":9}])");
  CHECK(one.client.where() == life_phase::pushing);
}

TEST_CASE("an error settles a push as well as ok does") {
  life one{parting::end_of_stream};
  one.come_to_push().answer("2", "error").ended_by_server();
  CHECK(one.tally.answered_with_error == 1);
  CHECK(one.tally.cycles == 1);
}

TEST_CASE("a push that is answered twice is noticed") {
  life one{parting::end_of_stream};
  one.come_to_push().answer("2").answer("2").ended_by_server();
  CHECK(one.tally.answered_ok == 1);
  CHECK(one.tally.answered_again == 1);
}

TEST_CASE("who leaves with a push under way has it settled by the close, or by an answer that came before") {
  life closed{parting::mid_push};
  closed.come_to_push();
  CHECK(closed.client.where() == life_phase::parting);
  closed.ended_by_server();
  CHECK(closed.tally.closed == 1);
  CHECK(closed.tally.cycles == 1);
  life answered{parting::mid_push};
  answered.come_to_push().answer("2").ended_by_server();
  CHECK(answered.tally.answered_ok == 1);
  CHECK(answered.tally.closed == 0);
}

TEST_CASE("a leave waits for its answer") {
  life one{parting::leave};
  one.come_to_push().answer("2");
  CHECK(one.client.where() == life_phase::leaving);
  one.answer("3");
  CHECK(one.client.where() == life_phase::parting);
}

TEST_CASE("a closing handshake ends the stream when the server has answered it") {
  life one{parting::close_frame};
  one.come_to_push().answer("2");
  CHECK(one.client.where() == life_phase::parting);
  one.say("\x03\xe8", '\x88');
  CHECK(one.has_stream_ended());
  one.ended_by_server();
  CHECK(lived(one.tally, parting::close_frame) == 1);
}

TEST_CASE("a reset waits for nobody") {
  life one{parting::reset};
  one.come_to_push().answer("2");
  CHECK(one.client.where() == life_phase::over);
  CHECK(lived(one.tally, parting::reset) == 1);
}

TEST_CASE("in the middle of the handshake half of the request is sent, and nothing else") {
  life one{parting::mid_handshake};
  CHECK(one.heard() == upgrade_request("h").substr(0, upgrade_request("h").size() / 2));
  CHECK(one.client.where() == life_phase::parting);
}

TEST_CASE("a server that ends a connection by itself has failed it, and its push is settled") {
  life closed{parting::end_of_stream};
  closed.come_to_push().say("\x03\xf3", '\x88');
  CHECK(closed.client.where() == life_phase::over);
  CHECK(closed.tally.first_failure.find("closed the connection with 1011") != std::string::npos);
  CHECK(closed.tally.closed == 1);
  life cut{parting::end_of_stream};
  cut.ended_by_server();
  CHECK(cut.tally.failures == 1);
  CHECK(cut.tally.cycles == 0);
}

TEST_CASE("a refused upgrade, a refused join and a crashed room are failures") {
  life no_upgrade{parting::leave};
  no_upgrade.send("HTTP/1.1 403 Forbidden\r\n\r\n");
  CHECK(no_upgrade.tally.failures == 1);
  life no_join{parting::leave};
  no_join.send(switching).answer("1", "error");
  CHECK(no_join.tally.failures == 1);
  life crashed{parting::leave};
  crashed.come_to_push().say(R"(["1",null,"room:churn-0","phx_error",{}])");
  CHECK(crashed.tally.failures == 1);
}

TEST_CASE("a life that takes too long is a failure, and its push is unanswered") {
  life one{parting::leave};
  one.come_to_push();
  one.client.give_up(one.context);
  CHECK(one.tally.unanswered == 1);
  CHECK(one.tally.closed == 0);
  CHECK(one.tally.failures == 1);
}
