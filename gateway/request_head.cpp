#include "gateway/request_head.hpp"

#include <boost/beast/http/error.hpp>
#include <boost/beast/http/rfc7230.hpp>

#include <algorithm>
#include <functional>

namespace lintel::gateway {

namespace http = boost::beast::http;

namespace {

std::string_view view(boost::beast::string_view text) { return {text.data(), text.size()}; }

} // namespace

std::string_view request_head::operator[](field which) const noexcept {
  const auto found = std::ranges::find(kept_, which, &kept::which);
  return found == kept_.end() ? std::string_view{} : found->value;
}

std::size_t request_head::count(field which) const noexcept {
  const auto found = std::ranges::find(kept_, which, &kept::which);
  return found == kept_.end() ? 0 : found->count;
}

void request_head::on_request_impl(http::verb method, string_view, string_view target, int version, error_code&) {
  method_ = method;
  target_ = view(target);
  version_ = version;
}

void request_head::on_field_impl(field which, string_view, string_view value, error_code& error) {
  ++field_count_;
  // A value on several lines is put together elsewhere than in `bytes`; RFC 9112 5.2 lets a server refuse it.
  const std::less_equal<const char*> not_after;
  if (!value.empty() && !(not_after(bytes_.data(), value.data()) &&
                          not_after(value.data() + value.size(), bytes_.data() + bytes_.size()))) {
    error = http::error::bad_obs_fold;
    return;
  }
  if (which == field::connection) {
    has_connection_upgrade_ = has_connection_upgrade_ || http::token_list{value}.exists("upgrade");
  } else if (which == field::upgrade) {
    has_upgrade_websocket_ = has_upgrade_websocket_ || http::token_list{value}.exists("websocket");
  } else if (const auto found = std::ranges::find(kept_, which, &kept::which); found != kept_.end()) {
    if (found->count++ == 0)
      found->value = view(value);
  }
}

} // namespace lintel::gateway
