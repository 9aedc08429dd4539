#include "loadgen/server_process.hpp"

#include "loadgen/cannot_run.hpp"

#include <fmt/format.h>

#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <sstream>
#include <system_error>
#include <vector>

namespace lintel::loadgen {

namespace {

std::string text_of(const std::string& path) {
  std::ifstream file{path};
  return {std::istreambuf_iterator<char>{file}, {}};
}

void append_tree(pid_t pid, std::vector<pid_t>& tree) {
  tree.push_back(pid);
  std::error_code error;
  for (const auto& task : std::filesystem::directory_iterator{fmt::format("/proc/{}/task", pid), error}) {
    std::istringstream children{text_of(task.path() / "children")};
    for (pid_t child = 0; children >> child;)
      append_tree(child, tree);
  }
}

std::vector<pid_t> tree_of(pid_t pid) {
  std::vector<pid_t> tree;
  append_tree(pid, tree);
  return tree;
}

// The scheduler's own account in nanoseconds, all threads, ended ones included. utime and stime of
// /proc/PID/stat are this sum cut into ticks of 10 ms. Zero: the process has just ended.
nanoseconds cpu_clock_of(pid_t pid) noexcept {
  clockid_t which{};
  timespec used{};
  if (clock_getcpuclockid(pid, &which) != 0 || clock_gettime(which, &used) != 0)
    return {};
  return std::chrono::seconds{used.tv_sec} + nanoseconds{used.tv_nsec};
}

std::uint64_t number_at(std::string_view text) noexcept {
  std::uint64_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

} // namespace

std::uint64_t ended_child_ticks_of(std::string_view stat) noexcept {
  // The command name, field 2, may hold spaces and parentheses; the last ")" ends it.
  const std::size_t name_end = stat.rfind(')');
  if (name_end == stat.npos)
    return 0;
  stat.remove_prefix(name_end + 1);
  constexpr int first_after_name = 3;
  constexpr int cutime = 16;
  constexpr int cstime = 17;
  std::uint64_t ticks = 0;
  for (int field = first_after_name; field <= cstime; ++field) {
    const std::size_t start = stat.find_first_not_of(' ');
    if (start == stat.npos)
      return ticks;
    stat.remove_prefix(start);
    if (field >= cutime)
      ticks += number_at(stat);
    stat.remove_prefix(std::min(stat.find(' '), stat.size()));
  }
  return ticks;
}

std::optional<std::uint64_t> status_number_of(std::string_view status, std::string_view name) noexcept {
  for (std::size_t at = status.find(name); at != status.npos; at = status.find(name, at + 1)) {
    const bool begins_line = at == 0 || status[at - 1] == '\n';
    if (!begins_line || status.substr(at + name.size()).substr(0, 1) != ":")
      continue;
    std::string_view value = status.substr(at + name.size() + 1);
    value.remove_prefix(std::min(value.find_first_not_of(" \t"), value.size()));
    return number_at(value);
  }
  return std::nullopt;
}

std::optional<std::uint64_t> pss_of(std::string_view smaps_rollup) noexcept {
  const auto kibibytes = status_number_of(smaps_rollup, "Pss");
  return kibibytes ? std::optional{*kibibytes * 1024} : std::nullopt;
}

server_process::server_process(pid_t pid) : pid_(pid) {
  if (text_of(fmt::format("/proc/{}/stat", pid)).empty())
    throw cannot_run{fmt::format("there is no process {} to measure (--server-pid)", pid)};
}

nanoseconds server_process::cpu() const {
  static const auto ticks_per_second = static_cast<std::uint64_t>(sysconf(_SC_CLK_TCK));
  std::uint64_t ticks = 0;
  nanoseconds living{};
  for (const pid_t pid : tree_of(pid_)) {
    living += cpu_clock_of(pid);
    ticks += ended_child_ticks_of(text_of(fmt::format("/proc/{}/stat", pid)));
  }
  return living + nanoseconds{std::chrono::seconds{1}} * ticks / ticks_per_second;
}

std::optional<std::uint64_t> server_process::pss_bytes() const {
  std::uint64_t total = 0;
  for (const pid_t pid : tree_of(pid_)) {
    const auto pss = pss_of(text_of(fmt::format("/proc/{}/smaps_rollup", pid)));
    if (!pss)
      return std::nullopt;
    total += *pss;
  }
  return total;
}

std::optional<std::uint64_t> server_process::rss_bytes() const {
  const auto kibibytes = status_number_of(text_of(fmt::format("/proc/{}/status", pid_)), "VmRSS");
  return kibibytes ? std::optional{*kibibytes * 1024} : std::nullopt;
}

std::optional<std::uint64_t> server_process::threads() const {
  return status_number_of(text_of(fmt::format("/proc/{}/status", pid_)), "Threads");
}

std::optional<std::uint64_t> server_process::descriptors() const {
  std::error_code error;
  const std::filesystem::directory_iterator table{fmt::format("/proc/{}/fd", pid_), error};
  if (error)
    return std::nullopt;
  const auto is_ring = [](const std::filesystem::directory_entry& each) {
    std::error_code gone;
    return std::filesystem::read_symlink(each.path(), gone) == "anon_inode:[io_uring]";
  };
  return static_cast<std::uint64_t>(std::ranges::count_if(begin(table), end(table), std::not_fn(is_ring)));
}

} // namespace lintel::loadgen
