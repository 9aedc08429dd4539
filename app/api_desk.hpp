#pragma once

#include "app/operations.hpp"

#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <thread>

namespace lintel::app {

/// A thread for what the HTTP API asks of all workers, because an operator waits for workers and workers never wait;
/// and for what has a deadline there. Any thread may call, but for start and stop.
class api_desk {
public:
  using clock = std::chrono::steady_clock;
  using question = std::function<void(operations&)>;

  api_desk() = default;
  ~api_desk() { stop(); }
  api_desk(const api_desk&) = delete;
  api_desk& operator=(const api_desk&) = delete;

  /// `server` is this object's alone until stop(). From the main thread.
  void start(operations& server);
  /// Takes nothing more. Waits for nobody.
  void close();
  /// Waits for what is under way as well.
  void stop();

  /// Later, one after another. False: too many wait, or the server stops; nobody will run it.
  [[nodiscard]] bool ask(question what);
  /// At `when` or a little later, on the desk's thread; not at all when the server stops before.
  void call_at(clock::time_point when, std::function<void()> what);

private:
  void run();

  operations* server_ = nullptr;
  std::mutex mutex_;
  std::condition_variable called_;
  bool is_stopping_ = false;                                       // guarded by mutex_
  std::deque<question> questions_;                                 // guarded by mutex_
  std::multimap<clock::time_point, std::function<void()>> alarms_; // guarded by mutex_
  std::thread thread_;
};

} // namespace lintel::app
