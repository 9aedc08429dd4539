#include "actors/presence_meta.hpp"

#include "base/ensure.hpp"
#include "protocol/transcode.hpp"

namespace lintel::actors {

presence_meta::presence_meta(std::string_view own, std::string_view ref, std::string_view previous_ref)
    : own_bytes_(own.size() - 1) {
  base::ensure(own.starts_with('{') && own.ends_with('}') && ref.size() == presence_refs::ref_bytes,
               "a meta is an object, and has a ref");
  constexpr std::string_view ref_member = R"("phx_ref":")";
  constexpr std::string_view previous_member = R"(","phx_ref_prev":")";
  const bool is_bare = own.find_first_not_of(" \t\r\n", 1) == own_bytes_;
  json_.reserve(own.size() + 1 + ref_member.size() + ref.size() + 1 +
                (previous_ref.empty() ? 0 : previous_member.size() + previous_ref.size()));
  json_.append(own.substr(0, own_bytes_)).append(is_bare ? "" : ",").append(ref_member);
  ref_at_ = json_.size();
  json_.append(ref);
  if (!previous_ref.empty())
    json_.append(previous_member).append(previous_ref);
  json_.append(R"("})");
}

bool presence_meta::is_made_of(std::string_view own) const noexcept {
  return std::string_view{json_}.substr(0, own_bytes_) == own.substr(0, own.size() - 1);
}

void presence_entries::begin_meta(std::string_view key, bool is_first) {
  if (!is_first) {
    json_.push_back(',');
    return;
  }
  if (!is_empty())
    json_.push_back(',');
  protocol::append_json_string(json_, key);
  json_.append(R"(:{"metas":[)");
}

} // namespace lintel::actors
