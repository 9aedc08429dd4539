#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace lintel::loadgen {

/// What a run found, in the order it was entered, for people and for programs. Names of figures end
/// in their unit: `delivery_p99_us`.
class report {
public:
  explicit report(std::string scenario) : scenario_(std::move(scenario)) {}

  void setting(std::string name, std::string value) {
    settings_.emplace_back(std::move(name), std::move(value));
  }
  void figure(std::string name, double value) { figures_.emplace_back(std::move(name), value); }

  /// A line of the table that is printed last, in Markdown, to be pasted into a document. Not in the
  /// JSON: it has the figures.
  void row(std::string name, std::string found) {
    rows_.emplace_back(std::move(name), std::move(found));
  }

  /// What a reader must know about the figures: why one is missing, what the load really was.
  void note(std::string text) { notes_.push_back(std::move(text)); }

  enum class verdict : bool { failed, passed };
  static verdict judge(bool holds) noexcept { return holds ? verdict::passed : verdict::failed; }
  void check(std::string name, verdict outcome, std::string detail);

  /// The figures describe the generator, not the server: they are not shown, and the run fails.
  /// Checks stay.
  void withhold_figures(std::string reason) { objection_ = std::move(reason); }

  bool is_ok() const noexcept;
  int exit_code() const noexcept { return is_ok() ? 0 : 1; }

  std::string text() const;
  std::string json() const;

private:
  struct checked {
    std::string name;
    verdict outcome;
    std::string detail;
  };

  std::string scenario_;
  std::vector<std::pair<std::string, std::string>> settings_;
  std::vector<std::pair<std::string, double>> figures_;
  std::vector<std::pair<std::string, std::string>> rows_;
  std::vector<std::string> notes_;
  std::vector<checked> checks_;
  std::optional<std::string> objection_;
};

/// 1234567 as 1,234,567.
std::string grouped(std::uint64_t number);

} // namespace lintel::loadgen
