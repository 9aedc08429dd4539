#pragma once

#include "base/token_bucket.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace lintel::actors {

struct exit_report_limits {
  std::uint32_t per_actor = 3; ///< whole reports within `window`
  std::chrono::nanoseconds window = std::chrono::seconds{10};
  std::uint32_t per_second = 100; ///< lines of the whole server, summaries included, after
  std::uint32_t burst = 200;      ///< so many at once
  std::size_t actors_max = 1024;  ///< known at a time; who comes when it is full has the server's limit only
};

/// Which reports of crashes are written and which are counted, so that neither a crash loop of one actor nor a storm of
/// all fills the disk. One actor's first reports are whole; the rest of a loop is a line every window:
///
///     exit reports of actor=room:lobby suppressed=17
///
/// until a window has passed without a crash, or the actor is given up. What the server's limit suppresses is in one
/// line for all: `exit reports suppressed=1234`. Nothing is lost without being counted. Not thread-safe; `now` must not
/// go backwards.
class exit_report_limiter {
public:
  using time_point = std::chrono::steady_clock::time_point;

  explicit exit_report_limiter(exit_report_limits limits = {});

  enum class ending : std::uint8_t { restarts, ends };
  struct admission {
    bool is_whole;       ///< write the report
    std::string summary; ///< write this, too; empty: nothing
  };
  /// A crash of `actor`. When it `ends`, its loop does: its report is whole, if the server's limit allows.
  [[nodiscard]] admission admit(std::string_view actor, ending how, time_point now);

  /// The lines that are due. To be called once a second while something is suppressed.
  [[nodiscard]] std::vector<std::string> take_due(time_point now);
  /// All that was counted and not written: the server stops.
  [[nodiscard]] std::vector<std::string> take_all();

  [[nodiscard]] bool has_suppressed() const noexcept { return suppressed_ > 0 || suppressed_of_actors_ > 0; }
  [[nodiscard]] std::size_t actors() const noexcept { return actors_.size(); }

private:
  struct record {
    time_point since;
    std::uint32_t whole_left;
    std::uint64_t suppressed = 0;
  };
  using table = std::unordered_map<std::string, record>;

  record* record_of(std::string_view actor, time_point now);
  std::string end_loop(std::string_view actor, time_point now);
  bool take_line(time_point now);
  std::uint64_t take(record& of) noexcept;
  void sweep(time_point now);

  const exit_report_limits limits_;
  base::token_bucket lines_; // of the server
  table actors_;
  time_point next_sweep_{};
  std::uint64_t suppressed_ = 0;
  std::uint64_t suppressed_of_actors_ = 0; // sum of theirs
};

} // namespace lintel::actors
