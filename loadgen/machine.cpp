#include "loadgen/machine.hpp"

#include "loadgen/cannot_run.hpp"

#include <fmt/format.h>

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <fstream>
#include <iterator>
#include <numeric>
#include <string>
#include <thread>

namespace lintel::loadgen {

namespace {

std::string text_of(const char* path) {
  std::ifstream file{path};
  if (!file)
    throw cannot_run{fmt::format("cannot read {}: this needs Linux with /proc", path)};
  return {std::istreambuf_iterator<char>{file}, {}};
}

/// The number after `label`, wherever it stands.
std::optional<std::uint64_t> number_after(std::string_view text, std::string_view label) noexcept {
  const std::size_t at = text.find(label);
  if (at == text.npos)
    return std::nullopt;
  text.remove_prefix(at + label.size());
  text.remove_prefix(std::min(text.find_first_not_of(" \t"), text.size()));
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc{} ? std::optional{number} : std::nullopt;
}

std::uint64_t required(std::optional<std::uint64_t> found, const char* what) {
  if (!found)
    throw cannot_run{fmt::format("/proc does not say {}", what)};
  return *found;
}

} // namespace

std::optional<std::uint64_t> meminfo_bytes(std::string_view meminfo, std::string_view name) noexcept {
  // The newline tells `Slab:` from another name that ends like it.
  for (std::size_t at = meminfo.find(name); at != meminfo.npos; at = meminfo.find(name, at + 1)) {
    const std::string_view rest = meminfo.substr(at + name.size());
    if ((at == 0 || meminfo[at - 1] == '\n') && rest.starts_with(':')) {
      const auto kib = number_after(rest, ":");
      return kib ? std::optional{*kib * 1024} : std::nullopt;
    }
  }
  return std::nullopt;
}

std::optional<std::uint64_t> tcp_pages(std::string_view sockstat) noexcept {
  const std::size_t line = sockstat.find("TCP:");
  if (line == sockstat.npos)
    return std::nullopt;
  const std::string_view text = sockstat.substr(line, sockstat.find('\n', line) - line);
  return number_after(text, " mem ");
}

machine_memory read_machine_memory() {
  const std::string meminfo = text_of("/proc/meminfo");
  const auto page_bytes = static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
  const auto pages = required(tcp_pages(text_of("/proc/net/sockstat")), "how much TCP buffers hold");
  const auto of = [&](std::string_view name) { return meminfo_bytes(meminfo, name).value_or(0); };
  return {.available = required(meminfo_bytes(meminfo, "MemAvailable"), "what memory is available"),
          .unused = of("MemFree") + of("Buffers") + of("Cached"),
          .slab = required(meminfo_bytes(meminfo, "Slab"), "how large the kernel's slabs are"),
          .sockets = pages * page_bytes};
}

std::optional<nanoseconds> busy_time_of(std::string_view stat) noexcept {
  constexpr std::string_view label = "cpu ";
  if (!stat.starts_with(label))
    return std::nullopt;
  stat = stat.substr(0, stat.find('\n'));
  stat.remove_prefix(label.size());
  // user nice system idle iowait irq softirq steal
  constexpr std::size_t idle = 3;
  constexpr std::size_t iowait = 4;
  std::array<std::uint64_t, 8> ticks{};
  for (std::uint64_t& each : ticks) {
    stat.remove_prefix(std::min(stat.find_first_not_of(' '), stat.size()));
    const auto [end, error] = std::from_chars(stat.data(), stat.data() + stat.size(), each);
    if (error != std::errc{})
      return std::nullopt;
    stat.remove_prefix(static_cast<std::size_t>(end - stat.data()));
  }
  const std::uint64_t all = std::accumulate(ticks.begin(), ticks.end(), std::uint64_t{0});
  const auto ticks_per_second = static_cast<std::uint64_t>(sysconf(_SC_CLK_TCK));
  return nanoseconds{std::chrono::seconds{1}} * (all - ticks[idle] - ticks[iowait]) / ticks_per_second;
}

nanoseconds read_busy_time() {
  const auto found = busy_time_of(text_of("/proc/stat"));
  if (!found)
    throw cannot_run{"/proc/stat does not say how busy the machine is"};
  return *found;
}

machine_limits read_machine_limits() {
  rlimit descriptors{};
  getrlimit(RLIMIT_NOFILE, &descriptors);
  const std::string range = text_of("/proc/sys/net/ipv4/ip_local_port_range");
  const auto first = required(number_after(range, ""), "the range of local ports");
  const auto last = required(number_after(range, "\t"), "the range of local ports");
  return {.memory_available = read_machine_memory().available,
          .descriptors_per_table = descriptors.rlim_max,
          .files_max = required(number_after(text_of("/proc/sys/fs/file-max"), ""), "file-max"),
          .files_open = required(number_after(text_of("/proc/sys/fs/file-nr"), ""), "file-nr"),
          .ports = static_cast<std::uint32_t>(last - first + 1),
          .cores = std::max(1u, std::thread::hardware_concurrency())};
}

} // namespace lintel::loadgen
