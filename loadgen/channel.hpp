#pragma once

#include "loadgen/archive.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace lintel::loadgen {

/// What goes between the conductor and its generator threads.
enum class note_kind : std::uint8_t {
  begin,    ///< to a generator: start the traffic
  phase,    ///< to a generator: from now on count into phase `std::uint32_t`
  stop,     ///< to a generator: send nothing new
  gather,   ///< to a generator: all members enter the hall
  announce, ///< to a generator: connection 0 pushes one message to the hall
  finish,   ///< to a generator: report and leave
  progress, ///< to the conductor: a `progress`
  result,   ///< to the conductor: a measurement, then a delivery_record
  failure,  ///< to the conductor: one sentence; the thread ends
};

struct note {
  note_kind kind = note_kind::progress;
  std::string body;
};

/// What a generator tells a few times per second; all counts since its start.
struct progress {
  std::uint32_t joined = 0;
  std::uint32_t failed = 0;
  std::uint64_t closed = 0;
  std::uint64_t sent = 0;
  std::uint64_t answered = 0;
  std::uint64_t deliveries = 0;
  std::uint64_t deliveries_expected =
      0; ///< of what was answered ok, at all members of all threads
  std::uint64_t surprises = 0;
  std::uint64_t hall_entered = 0;
  std::uint64_t hall_heard = 0;

  void add(const progress& other) noexcept;
};

/// Notes over one end of a Unix stream socket, which it owns.
class channel {
public:
  explicit channel(int fd) noexcept : fd_(fd) {}
  ~channel();
  channel(channel&& other) noexcept;
  channel& operator=(channel&&) = delete;

  /// Blocks until the kernel took it. Throws cannot_run when the other end is gone.
  void send(note_kind kind, std::string_view body = {});

  /// The same, but silent when the other end is gone.
  void try_send(note_kind kind, std::string_view body) noexcept;

  /// Reads what has arrived, without blocking. False: the other end is gone.
  [[nodiscard]] bool receive();
  /// The next whole note that has been received.
  std::optional<note> next();

  int fd() const noexcept { return fd_; }

private:
  [[nodiscard]] bool write(note_kind kind, std::string_view body);

  int fd_;
  std::string received_;
  std::size_t taken_ = 0; ///< bytes of received_ that next() has handed out
};

} // namespace lintel::loadgen
