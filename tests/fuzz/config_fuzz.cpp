#include "app/namespace_config.hpp"
#include "protocol/topic_name.hpp"
#include "protocol/utf8.hpp"

#include "tests/fuzz/fuzz_input.hpp"

#include <algorithm>
#include <array>
#include <string>

// Configuration files: whatever they say, either they are told what is wrong with them, or what comes out can work.

namespace {

using lintel::fuzz::check;
using namespace lintel::app;
namespace actors = lintel::actors;

void check_flaws(const config_flaws& flaws, std::string_view file) {
  const auto lines = static_cast<std::uint32_t>(std::ranges::count(file, '\n')) + 1;
  for (const auto& flaw : flaws) {
    check(flaw.line >= 1 && flaw.line <= lines, "a flaw stands in a line of the file");
    check(!flaw.text.empty() && flaw.text.find('\n') == std::string::npos, "a flaw is one line");
    check(flaw.text.find('\x1b') == std::string::npos, "a flaw does not control a terminal");
    check(lintel::protocol::is_utf8(flaw.text), "a flaw can be put into JSON");
  }
}

void check_rules(const actors::namespace_rules& rules) {
  check(flaw_in_pattern(rules.pattern).empty(), "a pattern is one");
  const auto& keep = rules.history.keep;
  check(keep.count_max > 0 && keep.age_max.count() > 0 && keep.bytes_max > 0, "a history has room for something");
  check(rules.slow == actors::slow_policy::disconnect || rules.history.kept == actors::durability::none,
        "where there is history, nothing is dropped");
  const auto& presence = rules.presence;
  check(presence.listed_max > 0 && presence.window.count() > 0, "presence can be told");
  check(presence.linger.count() == 0 || presence.linger >= presence.window, "presence lingers for a diff");
  for (const auto& event : rules.ephemeral)
    check(lintel::protocol::is_name(event) && !lintel::protocol::is_reserved_event(event), "an event can be pushed");
  if (rules.publishes.per_second > 0)
    check(publish_rate{}.read(publish_rate{}.text(rules.publishes)) == rules.publishes, "a rate can be read again");
}

void check_file(const std::string& file) {
  config_flaws flaws;
  const auto document = parse_config(file, flaws);
  check(flaws.empty() || (flaws.size() == 1 && document.children.empty()), "what is no TOML says nothing else");
  const std::array<std::string, 2> options{"workers", "listen"};
  const auto all = read_namespaces(document, options, flaws);
  check_flaws(flaws, file);
  if (!all || !flaws.empty())
    return;
  check(!all->empty(), "there is a topic");
  for (std::size_t i = 0; i < all->size(); ++i) {
    check_rules((*all)[i]);
    check(pattern_before((*all)[i].pattern, std::span{*all}.first(i)).empty(), "every pattern can match");
  }
}

void check_values(std::string_view text) {
  if (const auto time = parse_duration(text))
    check(parse_duration(duration_text(*time)) == time, "a time can be read again");
  if (const auto bytes = parse_bytes(text))
    check(parse_bytes(bytes_text(*bytes)) == bytes, "bytes can be read again");
  if (const auto many = parse_rate(text))
    check(parse_rate(rate_text(*many))->window == many->window, "a rate can be read again");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const lintel::fuzz::input input{bytes, size};
  check_values(input.rest());
  check_file(std::string{input.rest()});
  return 0;
}
