#pragma once

#include "app/value_kinds.hpp"

#include <CLI/CLI.hpp>

#include <string>

namespace lintel::app {

/// An option whose text becomes a value of a kind (app/value_kinds.hpp). `value` is the default, and has to outlive
/// the parser.
template <class Kind, class Value>
CLI::Option* add_value(CLI::App& app, const std::string& name, Value& value, Kind kind, const std::string& help) {
  auto shown = kind.text(value);
  auto type = kind.name();
  return app
      .add_option_function<std::string>(
          "--" + name,
          [&value, name, kind = std::move(kind)](const std::string& text) {
            auto given = kind.read(text);
            if (!given)
              throw CLI::ValidationError{"--" + name, "must be " + kind.wanted() + "; got " + text};
            assign(value, *std::move(given));
          },
          help)
      ->type_name(std::move(type))
      ->default_str(std::move(shown));
}

} // namespace lintel::app
