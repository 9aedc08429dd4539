#pragma once

#include "app/config_document.hpp"
#include "app/config_flaw.hpp"
#include "app/value_kinds.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace lintel::app {

/// One table of a configuration file, read key by key. What is wrong is added to the flaws, and what was to be set
/// keeps its default. Does not outlive the table.
class config_section {
public:
  /// `path`: what stands before its keys in messages, such as "history."; empty for a table of the top.
  config_section(const config_node& table, std::string path, config_flaws& flaws)
      : table_(table), path_(std::move(path)), flaws_(flaws) {}

  std::uint32_t line() const noexcept { return table_.line; }

  /// What the file says about a key that may stand here; null: nothing.
  const config_node* find(std::string_view key);

  /// A kind of app/value_kinds.hpp.
  template <class Kind, class Value>
  void read(std::string_view key, const Kind& kind, Value& into) {
    const auto* node = find(key);
    if (node == nullptr)
      return;
    if (auto value = node->is_scalar() ? kind.read(node->text) : std::nullopt)
      assign(into, *std::move(value));
    else
      refuse(*node, "must be " + kind.wanted() + "; got " + node->shown());
  }
  /// A list of values, or one.
  template <class Kind, class Value>
  void read(std::string_view key, const Kind& kind, std::vector<Value>& into) {
    const auto* node = find(key);
    if (node == nullptr)
      return;
    into.clear();
    const auto is_list = node->what == config_node::kind::list;
    for (const auto& item : is_list ? node->children : std::vector{*node}) {
      if (auto value = item.is_scalar() ? kind.read(item.text) : std::nullopt)
        into.push_back(*std::move(value));
      else
        flaws_.push_back({item.line, path_ + node->name + " must list " + kind.wanted() + "; got " + item.shown()});
    }
  }

  /// A flaw of one key: its name and what follows.
  void refuse(const config_node& key, const std::string& why) {
    flaws_.push_back({key.line, path_ + printable(key.name) + " " + why});
  }

  /// After all keys were asked for: whoever is left is a mistake. `elsewhere` says where a key belongs that has got
  /// into this table by mistake, or nothing.
  template <class Elsewhere>
  void refuse_unknown(Elsewhere elsewhere) {
    for (const auto& entry : table_.children)
      if (!is_known(entry.name))
        refuse_unknown(entry, elsewhere(entry.name));
  }

private:
  bool is_known(std::string_view key) const;
  void refuse_unknown(const config_node& entry, const std::string& where);

  const config_node& table_;
  const std::string path_;
  config_flaws& flaws_;
  std::vector<std::string> known_;
};

} // namespace lintel::app
