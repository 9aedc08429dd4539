#include "actors/trace_id.hpp"

#include "actors/messages.hpp"

#include <catch2/catch.hpp>

using namespace lintel::actors;
using lintel::protocol::message;
using lintel::protocol::message_view;
using lintel::protocol::ref_view;

namespace {

message_view asked(std::string_view join_ref, std::string_view ref, std::string_view topic,
                   std::string_view payload = "{}") {
  message_view m;
  m.join_ref = {ref_view::type::string, join_ref};
  m.ref = {ref_view::type::string, ref};
  m.topic = topic;
  m.event = "new_msg";
  m.payload.bytes = payload;
  return m;
}

constexpr connection_id client{.slot = 17, .generation = 3, .worker = 0};

} // namespace

TEST_CASE("one request has one trace, whichever letter it is in") {
  const auto request = message::copy_of(asked("1", "7", "room:a"));
  const auto expected = trace_of(client, request->view());
  CHECK(expected != 0);
  client_request travelling{client, request};
  for (const auto kind : {letter_kind::inbound_frame, letter_kind::room_join, letter_kind::room_push}) {
    travelling.kind = kind;
    CHECK(trace_of(travelling) == expected);
  }
  CHECK(trace_of(join_settled{travelling, nullptr}) == expected);
  CHECK(trace_of(request_settled{travelling, "crashed"}) == expected);
  const room_leave leave{client, nullptr, request};
  CHECK(trace_of(leave) == expected);
  CHECK(trace_of(leave_settled{leave}) == expected);
  room_delivery delivery{nullptr, nullptr};
  delivery.answer_to = client;
  delivery.answered = request;
  CHECK(trace_of(delivery) == expected);
}

TEST_CASE("letters that are about no client's request have no trace") {
  CHECK(trace_of(control_letter{control_letter::order::crash}) == 0);
  CHECK(trace_of(room_delivery{nullptr, nullptr}) == 0);
  CHECK(trace_of(room_leave{client, nullptr, nullptr}) == 0);
  CHECK(trace_of(client_closes{1000}) == 0);
  CHECK(trace_of(worker_call{[] {}}) == 0);
}

TEST_CASE("who asked, and each part of what identifies a request, makes another trace") {
  const auto base = trace_of(client, asked("1", "7", "room:a"));
  CHECK(trace_of(client, asked("1", "7", "room:a")) == base);
  CHECK(trace_of({.slot = 17, .generation = 4, .worker = 0}, asked("1", "7", "room:a")) != base);
  CHECK(trace_of({.slot = 16, .generation = 3, .worker = 0}, asked("1", "7", "room:a")) != base);
  CHECK(trace_of({.slot = 17, .generation = 3, .worker = 1}, asked("1", "7", "room:a")) != base);
  CHECK(trace_of(client, asked("2", "7", "room:a")) != base);
  CHECK(trace_of(client, asked("1", "8", "room:a")) != base);
  CHECK(trace_of(client, asked("1", "7", "room:b")) != base);
  CHECK(trace_of(client, asked("17", "", "room:a")) != base);
  auto numbered = asked("1", "7", "room:a");
  numbered.ref.kind = ref_view::type::integer;
  CHECK(trace_of(client, numbered) != base);
}

TEST_CASE("a payload leaves no mark in a trace") {
  CHECK(trace_of(client, asked("1", "7", "room:a", R"({"password":"secret"})")) ==
        trace_of(client, asked("1", "7", "room:a")));
}
