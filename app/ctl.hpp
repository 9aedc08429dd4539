#pragma once

#include "actors/letter.hpp"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace lintel::app {

/// One `lintel ctl` call.
struct ctl_request {
  std::filesystem::path data_dir = "./lintel-data";
  std::string command;
  std::vector<std::string> ids;
  std::uint64_t random = 0;
  std::string all;
  std::optional<std::uint64_t> limit;
  actors::stall_plan stall;
  std::string topic;
  std::string event;
  std::string payload; ///< a JSON object
  std::string idem;
  std::string user;
  std::optional<std::uint64_t> after;
  std::optional<std::uint64_t> before;
  std::string role;                  ///< link: admin or viewer
  std::optional<std::uint32_t> rate; ///< chaos: kills per second; none: only tell
  bool is_once = false;              ///< top: one look, also in a terminal
  bool is_reset = false;             ///< chaos: the next order opens a new account
  std::string text;                  ///< search
  bool is_json = false;
};

/// Asks the running server and prints its answer. Exit code: 0, or 1 when the server says no, or 2 when there is none.
int run_ctl(const ctl_request& request);

} // namespace lintel::app
