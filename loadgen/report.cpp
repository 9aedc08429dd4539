#include "loadgen/report.hpp"

#include <fmt/format.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <algorithm>
#include <cmath>
#include <iterator>

namespace lintel::loadgen {

namespace {

using json_writer = rapidjson::Writer<rapidjson::StringBuffer>;

void write(json_writer& out, std::string_view text) {
  out.String(text.data(), static_cast<rapidjson::SizeType>(text.size()));
}

void write_key(json_writer& out, std::string_view name) {
  out.Key(name.data(), static_cast<rapidjson::SizeType>(name.size()));
}

std::string readable(double value) {
  if (value == std::floor(value) && std::abs(value) < 1e15) {
    const std::string digits = grouped(static_cast<std::uint64_t>(std::abs(value)));
    return value < 0 ? "-" + digits : digits;
  }
  return fmt::format("{:.{}f}", value, std::abs(value) < 10 ? 3 : 1);
}

} // namespace

std::string grouped(std::uint64_t number) {
  std::string digits = std::to_string(number);
  for (std::size_t at = digits.size(); at > 3;) {
    at -= 3;
    digits.insert(at, 1, ',');
  }
  return digits;
}

void report::check(std::string name, verdict outcome, std::string detail) {
  checks_.push_back({std::move(name), outcome, std::move(detail)});
}

bool report::is_ok() const noexcept {
  return !objection_ && std::all_of(checks_.begin(), checks_.end(), [](const checked& each) {
    return each.outcome == verdict::passed;
  });
}

std::string report::text() const {
  std::string out = scenario_ + "\n";
  const auto to = std::back_inserter(out);
  for (const auto& [name, value] : settings_)
    fmt::format_to(to, "  {:<36} {}\n", name, value);
  if (objection_) {
    fmt::format_to(to, "no figures: {}\n", *objection_);
  } else if (!figures_.empty()) {
    out += "figures\n";
    for (const auto& [name, value] : figures_)
      fmt::format_to(to, "  {:<36} {:>14}\n", name, readable(value));
  }
  for (const std::string& note : notes_)
    fmt::format_to(to, "note: {}\n", note);
  if (!checks_.empty())
    out += "checks\n";
  for (const checked& each : checks_)
    fmt::format_to(to, "  {}  {}: {}\n", each.outcome == verdict::passed ? "PASS" : "FAIL",
                   each.name, each.detail);
  if (!rows_.empty() && !objection_)
    out += "\n| what | measured |\n|---|---|\n";
  for (const auto& [name, found] : objection_ ? decltype(rows_){} : rows_)
    fmt::format_to(to, "| {} | {} |\n", name, found);
  return out;
}

std::string report::json() const {
  rapidjson::StringBuffer buffer;
  json_writer out{buffer};
  out.StartObject();
  write_key(out, "scenario");
  write(out, scenario_);
  write_key(out, "ok");
  out.Bool(is_ok());
  write_key(out, "settings");
  out.StartObject();
  for (const auto& [name, value] : settings_) {
    write_key(out, name);
    write(out, value);
  }
  out.EndObject();
  write_key(out, "withheld");
  if (objection_)
    write(out, *objection_);
  else
    out.Null();
  write_key(out, "figures");
  out.StartObject();
  if (!objection_)
    for (const auto& [name, value] : figures_) {
      write_key(out, name);
      // NaN and infinity have no JSON: a quotient by zero is "not known".
      if (std::isfinite(value))
        out.Double(value);
      else
        out.Null();
    }
  out.EndObject();
  write_key(out, "notes");
  out.StartArray();
  for (const std::string& note : notes_)
    write(out, note);
  out.EndArray();
  write_key(out, "checks");
  out.StartArray();
  for (const checked& each : checks_) {
    out.StartObject();
    write_key(out, "name");
    write(out, each.name);
    write_key(out, "passed");
    out.Bool(each.outcome == verdict::passed);
    write_key(out, "detail");
    write(out, each.detail);
    out.EndObject();
  }
  out.EndArray();
  out.EndObject();
  return buffer.GetString();
}

} // namespace lintel::loadgen
