#include "protocol/presence_payload.hpp"

#include "protocol/json_members.hpp"
#include "protocol/limits.hpp"
#include "protocol/transcode.hpp"

#include <algorithm>
#include <array>

namespace lintel::protocol {

namespace {

// ECMA-262 20.1.3 and B.2.2: what an object has before anybody gives it something.
constexpr std::array<std::string_view, 13> names_of_objects{
    "__defineGetter__", "__defineSetter__", "__lookupGetter__", "__lookupSetter__",     "__proto__",
    "constructor",      "hasOwnProperty",   "isPrototypeOf",    "propertyIsEnumerable", "prototype",
    "toLocaleString",   "toString",         "valueOf",
};
static_assert(std::ranges::is_sorted(names_of_objects));

bool is_servers_own(std::string_view key) noexcept { return key == "phx_ref" || key == "phx_ref_prev"; }

/// The payload as JSON, without a copy where it is JSON already.
class json_text {
public:
  explicit json_text(const payload_view& payload) {
    if (payload.format != payload_format::json)
      append_json(made_, payload);
    text_ = payload.format == payload_format::json ? payload.bytes : made_;
  }
  json_text(const json_text&) = delete;
  json_text& operator=(const json_text&) = delete;
  std::string_view view() const noexcept { return text_; }

private:
  std::string made_;
  std::string_view text_;
};

// A string or an integer; null is none. False: anything else.
bool read_key(const json_member& from, std::string& key) {
  switch (from.type) {
  case json_type::null: return true;
  case json_type::string: key = unescape_json(from.value); return true;
  case json_type::number: key = from.value; return from.value.find_first_of(".eE") == std::string_view::npos;
  default: return false;
  }
}

bool read_own_form(std::string_view object, presence_params& params) {
  bool is_valid = true;
  visit_members(object, [&](const json_member& each) {
    if (each.key == "key")
      is_valid = read_key(each, params.key) && is_valid;
    else if (each.key == "meta" && each.type == json_type::object)
      params.meta = clean_meta(each.value);
    else if (each.key == "meta")
      is_valid = each.type == json_type::null && is_valid;
  });
  params.is_asked = true;
  return is_valid;
}

// {"presence":{"key":"","enabled":true},...}. Clients before `enabled` always wanted presence.
void read_config(std::string_view config, presence_params& params) {
  visit_members(config, [&](const json_member& part) {
    if (part.key != "presence" || part.type != json_type::object)
      return;
    params.is_asked = true;
    visit_members(part.value, [&](const json_member& each) {
      if (each.key == "key" && each.type == json_type::string)
        params.key = unescape_json(each.value);
      else if (each.key == "enabled" && each.type == json_type::boolean)
        params.is_asked = each.value == "true";
    });
  });
}

} // namespace

bool is_presence_key(std::string_view key) noexcept {
  return !key.empty() && key.size() <= name_bytes_max && !std::ranges::binary_search(names_of_objects, key);
}

std::string clean_meta(std::string_view object) {
  std::string clean{'{'};
  visit_members(object, [&](const json_member& each) {
    if (is_servers_own(each.key))
      return;
    if (clean.size() > 1)
      clean.push_back(',');
    clean.append(each.text);
  });
  clean.push_back('}');
  return clean;
}

presence_params read_presence_params(const payload_view& params) {
  if (!params.is_object || params.format == payload_format::binary)
    return {};
  const json_text text{params};
  presence_params said;
  presence_params beside;
  visit_members(text.view(), [&](const json_member& each) {
    if (each.key == "presence" && each.type == json_type::object)
      said.is_valid = read_own_form(each.value, said);
    else if (each.key == "presence" && each.type == json_type::boolean)
      said.is_asked = each.value == "true";
    else if (each.key == "presence")
      said.is_valid = each.type == json_type::null;
    else if (each.key == "config" && each.type == json_type::object)
      read_config(each.value, beside);
    else if (each.key == "meta" && each.type == json_type::object)
      beside.meta = clean_meta(each.value);
  });
  if (said.key.empty())
    said.key = std::move(beside.key);
  if (!said.meta)
    said.meta = std::move(beside.meta);
  said.is_asked = said.is_asked || beside.is_asked || said.meta;
  return said;
}

presence_order read_presence_order(const payload_view& payload) {
  using kind = presence_order::kind;
  if (!payload.is_object || payload.format == payload_format::binary)
    return {};
  const json_text text{payload};
  presence_order order;
  bool is_valid = true;
  visit_members(text.view(), [&](const json_member& each) {
    if (each.key == "event" && each.type == json_type::string) {
      const auto event = unescape_json(each.value);
      order.what = event == "track" ? kind::track : event == "untrack" ? kind::untrack : kind::invalid;
    } else if (each.key == "type") {
      is_valid = is_valid && each.type == json_type::string && unescape_json(each.value) == "presence";
    } else if (each.key == "payload" && each.type == json_type::object) {
      order.meta = clean_meta(each.value);
    } else if (each.key == "payload") {
      is_valid = is_valid && each.type == json_type::null;
    }
  });
  return is_valid ? order : presence_order{};
}

} // namespace lintel::protocol
