#include "protocol/close_reason.hpp"

#include "protocol/decode_error.hpp"
#include "protocol/utf8.hpp"

#include <catch2/catch.hpp>

#include <map>
#include <set>
#include <string>

using namespace lintel::protocol;

TEST_CASE("close reasons: each has exactly one row, found by its enumerator") {
  REQUIRE(close_rows().size() == close_reason_count);
  for (const close_row& row : close_rows())
    CHECK(&row_of(row.reason) == &row);
}

TEST_CASE("close reasons: the codes are those the clients were read for") {
  const std::map<close_reason, std::uint16_t> codes = {
      {close_reason::client_closed, 0},
      {close_reason::client_gone, 0},
      {close_reason::idle, 1001},
      {close_reason::kicked, 1001},
      {close_reason::protocol_error, 1002},
      {close_reason::unsupported_data, 1003},
      {close_reason::invalid_data, 1007},
      {close_reason::policy_violation, 1008},
      {close_reason::message_too_big, 1009},
      {close_reason::actor_gave_up, 1011},
      {close_reason::shutting_down, 1012},
      {close_reason::slow_consumer, 1013},
      {close_reason::handshake_failed, 0},
      {close_reason::handshake_timeout, 0},
      {close_reason::served, 0},
  };
  REQUIRE(codes.size() == close_reason_count);
  for (const auto& [reason, code] : codes)
    CHECK(row_of(reason).code == code);
}

TEST_CASE("close reasons: we never send 1000, which keeps phoenix.js from coming back") {
  for (const close_row& row : close_rows())
    CHECK(row.code != 1000);
}

TEST_CASE("close reasons: a code that is sent is one a peer accepts") {
  for (const close_row& row : close_rows())
    CHECK((row.code == 0 || is_valid_close_code(row.code)));
}

TEST_CASE("close reasons: labels are different and snake_case, texts fit a close frame") {
  std::set<std::string> labels;
  for (const close_row& row : close_rows()) {
    labels.emplace(row.label);
    CHECK(row.label.find_first_not_of("abcdefghijklmnopqrstuvwxyz_") == std::string_view::npos);
    CHECK(row.text.size() <= 123);
    CHECK(is_utf8(row.text));
    CHECK((row.code != 0 || row.text.empty()));
  }
  CHECK(labels.size() == close_reason_count);
}

TEST_CASE("close reasons: who only repeats a mistake should not reconnect") {
  for (const close_reason reason : {close_reason::protocol_error, close_reason::unsupported_data,
                                    close_reason::invalid_data, close_reason::message_too_big})
    CHECK_FALSE(row_of(reason).client_should_reconnect);
  for (const close_reason reason :
       {close_reason::idle, close_reason::kicked, close_reason::actor_gave_up,
        close_reason::shutting_down, close_reason::slow_consumer})
    CHECK(row_of(reason).client_should_reconnect);
}

TEST_CASE("RFC 6455 7.4: codes that may travel are told from those that may not") {
  for (const int code : {1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014,
                         3000, 3999, 4000, 4999})
    CHECK(is_valid_close_code(static_cast<std::uint16_t>(code)));
  for (const int code : {0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65535})
    CHECK_FALSE(is_valid_close_code(static_cast<std::uint16_t>(code)));
}

TEST_CASE("decode errors: only an unknown dialect ends with 1003") {
  for (int value = 1; value <= static_cast<int>(decode_errc::unsupported_value); ++value) {
    const auto error = static_cast<decode_errc>(value);
    const auto expected = error == decode_errc::unsupported_kind ? close_reason::unsupported_data
                                                                 : close_reason::invalid_data;
    CHECK(close_reason_of(error) == expected);
  }
}
