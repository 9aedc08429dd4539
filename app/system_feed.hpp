#pragma once

#include "actors/actor_events.hpp"
#include "actors/system_desk.hpp"
#include "app/audit.hpp"
#include "app/operations.hpp"

#include <chrono>
#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <string>
#include <thread>

namespace lintel::app {

/// Publishes what the topics $sys:… are about, and carries out what admins push there: the same commands as `ctl`.
/// A thread of its own, for an operator waits for workers and workers never wait. It sleeps while nobody watches.
///
/// What has not changed is not published again, so a quiet server says nothing.
class system_feed : public actors::system_desk {
public:
  explicit system_feed(server_parts& parts) : parts_(parts) {}
  ~system_feed() override { stop(); }
  system_feed(const system_feed&) = delete;
  system_feed& operator=(const system_feed&) = delete;

  /// `server` is this object's alone until stop().
  void start(operations& server);
  /// There is a new sample of the metrics: time to publish them, and to log what clients have struck. Any thread.
  void sampled();
  /// Says and takes nothing more. Waits for nobody.
  void close();
  /// Waits for what is under way as well, and that may wait for workers.
  void stop();

  // --- actors::system_desk; any thread
  void watch(const std::string& topic, actors::process_ptr<actors::light_process> room) override;
  void unwatch(const std::string& topic, const actors::light_process& room) override;
  std::string past_of(const std::string& topic) override;
  void ask(actors::connection_id from, protocol::message_ptr request, actors::client_identity_ptr who) override;
  void struck(std::string_view action, std::string whom, actors::connection_id by) override;

private:
  using clock = std::chrono::steady_clock;
  struct watched {
    actors::process_ptr<actors::light_process> room;
    clock::time_point due;
    bool has_newcomer = true; ///< gets the news even if it is old
    std::string last;         ///< what was published before
  };
  struct question {
    actors::connection_id from;
    protocol::message_ptr request;
    actors::client_identity_ptr who;
  };

  void run();
  std::map<std::string, watched>::iterator next_due();
  void publish(std::unique_lock<std::mutex>& lock, std::map<std::string, watched>::iterator which);
  std::string news_for(const std::string& topic);
  std::string tree_news();
  std::string actor_news(const std::string& name);
  void answer(const question& asked);
  void set_watched(std::string_view topic, bool is_watched);

  server_parts& parts_;
  client_strikes strikes_;
  operations* server_ = nullptr;
  std::mutex mutex_;
  std::condition_variable called_;
  bool is_stopping_ = false;               // guarded by mutex_
  std::map<std::string, watched> watched_; // by topic; guarded by mutex_
  std::deque<question> questions_;         // guarded by mutex_
  std::thread thread_;
};

} // namespace lintel::app
