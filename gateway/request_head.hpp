#pragma once

#include <boost/beast/http/basic_parser.hpp>

#include <array>
#include <cstddef>
#include <string_view>

namespace lintel::gateway {

/// The head of an HTTP request (RFC 9112, by Beast): what a WebSocket server wants to know of it, as views into the
/// bytes that were put. Beast's own containers would allocate for every header, most of which nobody asks for.
class request_head final : public boost::beast::http::basic_parser<true> {
public:
  using field = boost::beast::http::field;

  /// `bytes` must outlive this object; put() takes them all at once.
  explicit request_head(std::string_view bytes) : bytes_(bytes) {}

  boost::beast::http::verb method() const noexcept { return method_; }
  int version() const noexcept { return version_; } ///< 10 or 11
  std::string_view target() const noexcept { return target_; }
  std::size_t field_count() const noexcept { return field_count_; }

  /// Of the first such header; empty if there is none. Only those of `kept_`.
  std::string_view operator[](field which) const noexcept;
  std::size_t count(field which) const noexcept;

  /// Connection: Upgrade and Upgrade: websocket (RFC 6455 4.2.1).
  bool wants_websocket() const noexcept { return has_connection_upgrade_ && has_upgrade_websocket_; }

private:
  using error_code = boost::beast::error_code;
  using string_view = boost::beast::string_view;
  struct kept {
    field which;
    std::string_view value{};
    std::size_t count = 0;
  };

  void on_request_impl(boost::beast::http::verb method, string_view, string_view target, int version,
                       error_code&) override;
  void on_field_impl(field which, string_view name, string_view value, error_code& error) override;

  // Never called: a response, and what follows a head.
  void on_response_impl(int, string_view, int, error_code&) override {}
  void on_header_impl(error_code&) override {}
  void on_body_init_impl(boost::optional<std::uint64_t> const&, error_code&) override {}
  std::size_t on_body_impl(string_view, error_code&) override { return 0; }
  void on_chunk_header_impl(std::uint64_t, string_view, error_code&) override {}
  std::size_t on_chunk_body_impl(std::uint64_t, string_view, error_code&) override { return 0; }
  void on_finish_impl(error_code&) override {}

  const std::string_view bytes_;
  boost::beast::http::verb method_ = boost::beast::http::verb::unknown;
  int version_ = 0;
  std::string_view target_;
  std::size_t field_count_ = 0;
  bool has_connection_upgrade_ = false;
  bool has_upgrade_websocket_ = false;
  std::array<kept, 10> kept_{{{field::host},
                              {field::content_length},
                              {field::content_type},
                              {field::transfer_encoding},
                              {field::expect},
                              {field::authorization},
                              {field::origin},
                              {field::sec_websocket_key},
                              {field::sec_websocket_version},
                              {field::sec_websocket_protocol}}};
};

} // namespace lintel::gateway
