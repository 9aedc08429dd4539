#pragma once

#include "app/server_config.hpp"

#include <functional>
#include <mutex>
#include <string>
#include <vector>

namespace lintel::app {

/// What became of a configuration that a running server was told.
struct reload_report {
  std::vector<std::string> applied;       ///< "room:* changed", "chat:* added", "log:* removed"
  std::vector<std::string> needs_restart; ///< options by name, "history.durability of room:*", "namespace log:*"
};

/// Makes a running server follow its configuration as far as that goes. Any thread; one at a time.
class config_reload {
public:
  /// Reads the configuration again. Throws std::runtime_error (config_error) with what is wrong.
  using reader = std::function<server_config()>;
  /// Topics of the rooms that live.
  using topic_lister = std::function<std::vector<std::string>()>;

  /// `running`: what the server was started with. Both have to outlive this.
  config_reload(const server_config& running, actors::namespaces& namespaces, topic_lister live_topics)
      : running_(running), namespaces_(namespaces), live_topics_(std::move(live_topics)), held_(running.namespaces) {}

  /// Before anybody can ask for it. Without one there is nothing to read again.
  void set_reader(reader read) { read_ = std::move(read); }

  /// Takes over the namespaces, and says what else is different. The durability of a pattern whose rooms live stays:
  /// what they keep is in one place. Nothing becomes durable in a server that was started without a log. Logs the
  /// report.
  reload_report apply(const server_config& next);

  /// Reads and applies. What cannot be read changes nothing, is logged, and thrown.
  reload_report read_again();

private:
  void do_without_log(std::vector<actors::namespace_rules>& next, reload_report& report) const;
  void keep_durability(std::vector<actors::namespace_rules>& next, reload_report& report) const;

  const server_config& running_;
  actors::namespaces& namespaces_;
  const topic_lister live_topics_;
  reader read_;
  std::mutex mutex_;
  std::vector<actors::namespace_rules> held_; // what namespaces_ has; guarded by mutex_
};

} // namespace lintel::app
