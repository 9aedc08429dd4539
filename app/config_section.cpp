#include "app/config_section.hpp"

#include "app/near_name.hpp"

#include <algorithm>

namespace lintel::app {

const config_node* config_section::find(std::string_view key) {
  known_.emplace_back(key);
  const auto found = std::ranges::find(table_.children, key, &config_node::name);
  return found == table_.children.end() ? nullptr : &*found;
}

bool config_section::is_known(std::string_view key) const { return std::ranges::find(known_, key) != known_.end(); }

void config_section::refuse_unknown(const config_node& entry, const std::string& where) {
  if (!where.empty()) {
    refuse(entry, where);
    return;
  }
  const auto near = near_name(entry.name, known_);
  refuse(entry, near.empty() ? "is unknown" : "is unknown; did you mean " + path_ + near + "?");
}

} // namespace lintel::app
