#include "app/config_flaw.hpp"

#include <algorithm>

namespace lintel::app {

namespace {

std::vector<config_error::sentence> sentences_of(const std::filesystem::path& file, config_flaws flaws) {
  std::ranges::stable_sort(flaws, {}, &config_flaw::line);
  std::vector<config_error::sentence> sentences;
  for (auto& flaw : flaws)
    sentences.push_back({flaw.line == 0 ? "" : file.string() + ":" + std::to_string(flaw.line), std::move(flaw.text)});
  return sentences;
}

std::string joined(const std::vector<config_error::sentence>& sentences) {
  std::string out;
  for (const auto& [place, text] : sentences)
    out.append(out.empty() ? "" : "\n").append(place).append(place.empty() ? "" : ": ").append(text);
  return out;
}

} // namespace

config_error::config_error(const std::filesystem::path& file, config_flaws flaws)
    : config_error(sentences_of(file, std::move(flaws))) {}

config_error::config_error(std::vector<sentence> sentences)
    : std::runtime_error(joined(sentences)), sentences_(std::move(sentences)) {}

} // namespace lintel::app
