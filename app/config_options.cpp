#include "app/config_section.hpp"
#include "app/server_options.hpp"

#include <CLI/CLI.hpp>

#include <map>

namespace lintel::app {

namespace {

using kind = config_node::kind;

// --help and --config mean nothing in a file, and nothing has to be compared of them.
bool is_setting(const CLI::Option& option) {
  const auto& name = option.get_single_name();
  return name != "help" && name != "config";
}

bool is_flag(const CLI::Option& option) { return option.get_expected_min() == 0; }

// CLI11 begins its texts with the name of the option and a colon.
std::string without_name(const CLI::Option& option, std::string text) {
  const auto begin = option.get_name() + ": ";
  return text.starts_with(begin) ? text.substr(begin.size()) : text;
}

// What the file says, as CLI11 takes it; empty: nothing, or what does not fit, which is a flaw.
std::vector<std::string> values_of(const config_node& entry, const CLI::Option& option, config_section& section) {
  if (is_flag(option) && entry.what != kind::boolean) {
    section.refuse(entry, "must be true or false; got " + entry.shown());
    return {};
  }
  if (entry.is_scalar())
    return {entry.text};
  const bool takes_list = option.get_items_expected_max() > 1;
  std::vector<std::string> values;
  for (const auto& item : entry.children)
    if (item.is_scalar())
      values.push_back(item.text);
  if (entry.what == kind::list && takes_list && values.size() == entry.children.size())
    return values;
  section.refuse(entry,
                 std::string{takes_list ? "must be a list of values" : "must be one value"} + "; got " + entry.shown());
  return {};
}

// CLI11 reads configuration files for the application only, not for a subcommand, and lets them beat the environment.
void set_option(CLI::Option& option, const config_node& entry, config_section& section) {
  const auto values = values_of(entry, option, section);
  if (values.empty())
    return;
  try {
    if (is_flag(option))
      option.add_result(option.get_flag_value(entry.name, values.front()));
    else
      option.add_result(values);
    option.run_callback();
  } catch (const CLI::ParseError& mistake) {
    const auto why = without_name(option, mistake.what());
    section.refuse(entry, why.starts_with("must") || why.starts_with("may") ? why : "cannot be used: " + why);
  }
}

// Options that a file says and nobody else: their lines.
using option_lines = std::map<std::string, std::uint32_t, std::less<>>;

option_lines set_options(CLI::App& app, const config_node& file, config_flaws& flaws) {
  option_lines said_here;
  config_section section{file, "", flaws};
  section.find("namespace");
  for (auto* option : app.get_options())
    if (is_setting(*option))
      if (const auto* entry = section.find(option->get_single_name()); entry != nullptr && option->count() == 0) {
        said_here.emplace(entry->name, entry->line);
        set_option(*option, *entry, section);
      }
  section.refuse_unknown([](const std::string&) { return std::string{}; });
  return said_here;
}

std::vector<std::string> names_of(CLI::App& app) {
  std::vector<std::string> names;
  for (const auto* option : app.get_options())
    if (is_setting(*option))
      names.push_back(option->get_single_name());
  return names;
}

std::map<std::string, std::string> said_options(CLI::App& app) {
  std::map<std::string, std::string> said;
  for (const auto* option : app.get_options())
    if (is_setting(*option) && option->count() > 0)
      for (const auto& value : option->results())
        said[option->get_single_name()].append(value).append(" ");
  return said;
}

std::uint32_t line_of(const option_flaw& flaw, const option_lines& lines) {
  for (const auto& option : flaw.options)
    if (const auto found = lines.find(option); found != lines.end())
      return found->second;
  return 0;
}

} // namespace

void finish_server_config(CLI::App& app, server_config& config, const std::filesystem::path& file) {
  config_flaws flaws;
  option_lines lines;
  if (!file.empty()) {
    const auto document = parse_config(read_config_file(file), flaws);
    if (!flaws.empty())
      throw config_error{file, flaws};
    lines = set_options(app, document, flaws);
    if (auto configured = read_namespaces(document, names_of(app), flaws))
      config.namespaces = *std::move(configured);
  }
  config.namespaces = only_topics(std::move(config.namespaces), config.topics);
  config.said = said_options(app);
  for (const auto& flaw : flaws_in(config))
    flaws.push_back({line_of(flaw, lines), flaw.text});
  if (!flaws.empty())
    throw config_error{file, flaws};
}

} // namespace lintel::app
