#pragma once

#include "actors/presence_ref.hpp"

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace lintel::actors {

/// A meta as clients see it, immutable: {APPLICATION'S MEMBERS,"phx_ref":"...","phx_ref_prev":"..."}.
class presence_meta {
public:
  /// `own` is the text of a JSON object. No `previous_ref`: not an update of what clients know.
  presence_meta(std::string_view own, std::string_view ref, std::string_view previous_ref);

  const std::string& json() const noexcept { return json_; }
  std::string_view ref() const noexcept { return std::string_view{json_}.substr(ref_at_, presence_refs::ref_bytes); }
  bool is_made_of(std::string_view own) const noexcept;

private:
  std::string json_;
  std::size_t own_bytes_; ///< of json_: the application's, without the closing brace
  std::size_t ref_at_ = 0;
};
using presence_meta_ptr = std::shared_ptr<const presence_meta>;

/// Builds what presence_state and both halves of presence_diff are: {"alice":{"metas":[...]},"bob":{"metas":[...]}}.
class presence_entries {
public:
  /// One user's; `pick` gives a meta or null for each of `devices`. A user without any is left out.
  template <class Devices, class Pick>
  void add(std::string_view key, const Devices& devices, Pick pick) {
    bool is_first = true;
    for (const auto& device : devices)
      if (const presence_meta* meta = pick(*device)) {
        begin_meta(key, is_first);
        json_.append(meta->json());
        is_first = false;
      }
    if (!is_first)
      json_.append("]}");
  }
  bool is_empty() const noexcept { return json_.size() == 1; }
  /// The whole object, once.
  std::string finish() {
    json_.push_back('}');
    return std::move(json_);
  }

private:
  void begin_meta(std::string_view key, bool is_first);

  std::string json_{'{'};
};

} // namespace lintel::actors
