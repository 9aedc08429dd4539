#pragma once

#include "loadgen/scenario.hpp"

#include <CLI/CLI.hpp>

#include <map>
#include <string>
#include <vector>

/// Options that several scenarios have. All write into what `wanted` is, when the arguments are read.
namespace lintel::loadgen {

void add_duration(CLI::App& app, const std::string& name, nanoseconds& into, const std::string& text);

/// Target, threads, seed, how to look into the server, --json.
void add_common(CLI::App& app, scenario& wanted);

/// --duration, and the common ones.
void add_measured(CLI::App& app, scenario& wanted);

/// --connections and --rooms.
void add_size(CLI::App& app, scenario& wanted);

/// --payload, --event and --warm-up.
void add_messages(CLI::App& app, scenario& wanted);

/// --rate and --arrivals.
void add_rate(CLI::App& app, scenario& wanted);

/// --topic-prefix.
CLI::Option* add_topic_prefix(CLI::App& app, scenario& wanted);

/// An option with one of a few words. CLI11 would print the enum's numbers into --help.
template <class Choice>
void add_choice(CLI::App& app, const std::string& name, Choice& into, const std::map<std::string, Choice>& words,
                const std::string& text) {
  std::vector<std::string> names;
  for (const auto& [word, choice] : words)
    names.push_back(word);
  app.add_option_function<std::string>(
         name, [&into, words](const std::string& given) { into = words.at(given); }, text)
      ->check(CLI::IsMember(names));
}

} // namespace lintel::loadgen
