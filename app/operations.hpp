#pragma once

#include "actors/connection_id.hpp"
#include "actors/letter.hpp"
#include "actors/light_process.hpp"
#include "app/ask_workers.hpp"
#include "app/server_parts.hpp"
#include "supervisors/supervisor_messages.hpp"

#include <caf/actor.hpp>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace lintel::app {

struct channel_view {
  std::string topic;
  std::string join_ref;
  bool is_joined = false; ///< false: a join or leave is under way
};

/// One connection as it was a moment ago.
struct connection_view {
  actors::connection_id id;
  std::string user; ///< as its client says; empty: it says nothing
  std::string wire;
  std::uint32_t incarnation = 0;
  std::uint32_t mailbox = 0;
  std::uint32_t inbound_window = 0; ///< letters in the mailbox before its socket is not read
  std::uint64_t uptime_seconds = 0; ///< of the socket
  std::string status;
  std::size_t outbox_bytes = 0;
  std::size_t outbox_frames = 0;
  bool is_reading_paused = false;
  std::uint32_t restarts_left = 0;
  std::vector<channel_view> channels;
};

/// What is told of a connection only when it is looked at alone.
struct connection_details {
  std::uint64_t incarnation_seconds = 0; ///< since its incarnation began
  std::string last_exit;                 ///< why the incarnation before ended; empty: there was none
  std::vector<std::string_view> last_kinds;
  std::vector<std::pair<std::string, std::uint64_t>>
      offsets;                            ///< newest that its worker was told, per room with history
  std::deque<gateway::frame_note> frames; ///< the last ones since somebody began to watch
};

struct whole_connection {
  connection_view view;
  connection_details details;
};

struct room_view {
  std::string topic;
  std::string status;
  std::uint32_t members = 0;
  std::uint32_t incarnation = 0;
  std::uint32_t mailbox = 0;
};

struct found_connections {
  std::vector<connection_view> connections;
  std::size_t scanned = 0; ///< how many were looked at
  std::size_t open = 0;    ///< of how many: WebSockets, as everywhere
};

/// Any actor but a connection.
struct actor_view {
  std::string kind; ///< supervisor, process, room
  std::string status;
  std::string last_exit; ///< as in connection_details
  std::uint64_t incarnation = 0;
  std::uint64_t restarts = 0;
  std::optional<std::uint64_t> uptime_seconds; ///< of the incarnation; nothing: none lives, or it does not answer
  std::optional<std::uint32_t> mailbox;        ///< nothing: CAF does not tell
  std::vector<std::string_view> last_kinds;    ///< of its letters, newest last
  std::optional<std::uint32_t> members;        ///< of a room
  std::optional<std::uint64_t> offset;         ///< of a room with a history: its newest
  bool has_children = false;                   ///< it supervises
  std::optional<std::size_t> children;         ///< nothing: whoever knows does not answer
};

struct gauges {
  std::uint64_t connections_open = 0;
  std::uint64_t processes_alive = 0; ///< light processes, the system's own included
  std::uint64_t rooms = 0;
  std::uint64_t timers = 0;    ///< calls that workers have to make later
  std::uint64_t deadlines = 0; ///< entries of the sockets' deadline wheels
};

/// Something that is wrong now and will pass, or be made to: raised and not cleared.
struct alarm_view {
  std::string kind;   ///< restart_storm, quarantine
  std::string source; ///< a group of the tree, or a topic
  std::chrono::nanoseconds since{0};
  std::optional<std::uint64_t> waiting;                ///< restart_storm: restarts whose turn is still to come
  std::optional<std::chrono::nanoseconds> ends_within; ///< quarantine
};

/// A node of the supervision tree. Connections and rooms are counted, not listed: there may be a million.
struct tree_node {
  std::string id;
  std::string kind; ///< supervisor, worker, or what the dynamic children are: connections, rooms
  std::string status;
  std::uint32_t incarnation = 0;
  std::uint64_t restarts = 0;
  std::uint64_t restarts_per_minute = 0; ///< those of dynamic children included
  std::uint32_t mailbox = 0;
  bool is_dynamic = false;
  std::optional<std::size_t> dynamic_children; ///< nothing: the worker that has them does not answer
  std::uint64_t child_restarts = 0;            ///< of these
  std::vector<alarm_view> alarms;              ///< of a dynamic group: its storm, its rooms in quarantine
  std::vector<tree_node> children;
};

/// Of a dynamic group of the tree: connections/i, rooms/i. None of any other process. Any thread.
std::vector<alarm_view> alarms_of(actors::light_process& group);

/// What every operator interface (ctl, and later HTTP and pages) can see and do. Each call gathers from the workers
/// with a deadline; a worker that does not answer in time is named in `missing` instead of holding everything up.
/// Call from threads that are no workers. For one thread: each has an object of its own.
class operations {
public:
  operations(server_parts& parts, caf::actor root);

  /// At most `limit` connections, by id.
  std::vector<connection_view> connections(std::size_t limit);
  /// Nothing: there is none, or its worker does not answer; then it is in missing().
  std::optional<whole_connection> connection(const actors::connection_id& id);
  std::vector<room_view> rooms();
  /// At most `limit` connections of one worker, starting at a place that `seed` chooses.
  std::vector<connection_view> sample_of(std::size_t worker, std::size_t limit, std::uint64_t seed);
  /// The `limit` connections that have most waiting, most first: letters in their mailboxes, bytes for slow clients.
  std::vector<connection_view> busiest(std::size_t limit);
  /// The connection of that id, those of users that begin with `text`, and those in rooms whose topic contains it. Each
  /// worker looks at a few thousand at a time, between its sockets' turns, until it has found enough or looked at
  /// 100,000.
  found_connections search(std::string_view text, std::size_t limit);
  /// By members, those whose topic contains `text`; of one supervisor, or of all.
  std::vector<room_view> largest_rooms(std::size_t limit, std::string_view text,
                                       std::optional<std::size_t> supervisor = std::nullopt);
  /// A supervisor, a process of the system, or a room.
  std::optional<actor_view> actor(const std::string& name);
  /// Its handler runs, and has for longer than it should.
  bool is_stuck(const std::string& name) const;
  std::string metrics_json() const;
  tree_node tree();
  /// Storms first, then quarantined rooms by topic.
  std::vector<alarm_view> alarms();
  std::uint64_t total(actors::counter which) const { return parts_.runtime.pool().total(which); }
  const actors::restart_times& restart_times_after(supervisors::failure how) const {
    return parts_.runtime.pool().restart_times_after(how);
  }
  /// What there is now; what has an owner that is gone must not be in it. Asks no worker.
  gauges levels() const;

  /// Throws std::runtime_error: the configuration cannot be read, or is wrong.
  reload_report reload() { return parts_.reloads.read_again(); }

  using order = actors::control_letter::order;
  /// Kills, crashes or stalls what `names` names; those that do not exist are returned.
  std::vector<std::string> strike(order what, const std::vector<std::string>& names, actors::stall_plan how = {});
  /// Whether the server was started for experiments: stalls are for those alone.
  bool is_chaos_enabled() const noexcept { return parts_.config.is_chaos_enabled; }
  /// So many connections chosen at random, or all of them, or all rooms. Returns how many were struck.
  std::size_t strike_random_connections(order what, std::size_t count);
  std::size_t strike_all_connections(order what);
  std::size_t strike_all_rooms(order what);

  /// Closes these connections with 1001; they may come back. Returns how many there were.
  std::size_t disconnect(const std::vector<std::string>& ids);
  /// The same for all whose client said that this is its user.
  std::size_t disconnect_user(const std::string& user);
  /// Takes no more connections and closes those that are open, a few at a time; the process goes on. Returns how many
  /// are open. Again: nothing more.
  std::uint64_t drain();
  /// What a room answers, as JSON. Throws request_refused, also when it takes too long.
  std::string ask_room(actors::room_request::order what, protocol::message_ptr message);
  const protocol::message_limits& message_limits() const noexcept { return parts_.config.gateway.messages; }
  /// To be taken before an order, and given back when it was one that could be carried out.
  chaos_account::view chaos_totals() const { return chaos_account::totals_of(parts_.runtime.pool()); }
  void open_chaos_account(const chaos_account::view& before) { parts_.chaos.begin(before); }
  void close_chaos_account() { parts_.chaos.close(); }
  std::optional<chaos_account::view> chaos_so_far() const { return parts_.chaos.look(parts_.runtime.pool()); }
  void set_chaos_rate(std::uint32_t kills_per_second, std::string_view by) {
    parts_.chaos.set_rate(kills_per_second, by);
  }
  std::uint32_t chaos_rate() const { return parts_.chaos.rate(); }

  /// Opens the observatory once, for whoever has it.
  std::string one_time_url(actors::role may);
  std::size_t workers() const noexcept { return parts_.workers(); }

  /// Workers that did not answer since begin_question().
  const std::vector<std::size_t>& missing() const noexcept { return missing_; }
  void begin_question() noexcept { missing_.clear(); }

private:
  template <class Result, class Collect>
  std::vector<std::optional<Result>> ask_workers(Collect collect) {
    return ask_workers<Result>(std::move(collect), [](std::size_t) { return true; });
  }
  template <class Result, class Collect, class Concerned>
  std::vector<std::optional<Result>> ask_workers(Collect collect, Concerned concerned) {
    auto results = app::ask_workers<Result>(parts_, std::move(collect), concerned);
    for (std::size_t i = 0; i < results.size(); ++i)
      if (concerned(i) && !results[i] && std::ranges::find(missing_, i) == missing_.end())
        missing_.push_back(i);
    return results;
  }
  std::size_t disconnect_where(std::function<bool(const gateway::socket_worker&, const gateway::connection&)> is_meant);
  bool strike_system_process(order what, const std::string& name, actors::stall_plan how);
  bool kill_static_supervisor(const std::string& name);
  tree_node describe(const supervisors::child_status& child);
  void add_children(tree_node& node, const caf::actor& supervisor);
  std::optional<supervisors::child_status> find_child(const std::string& name, const caf::actor& within);
  actor_view view_of_supervisor(const supervisors::child_status& child);
  actor_view view_of_process(const std::optional<supervisors::child_status>& child, actors::light_process& process);
  void count_group(actor_view& view, actors::light_process& group);
  actors::process_ptr<actors::light_process> find_room(const std::string& topic);

  server_parts& parts_;
  const caf::actor root_;
  std::vector<std::size_t> missing_;
  std::vector<std::optional<std::size_t>> open_; ///< for tree(): per worker, WebSockets that are open
  std::vector<std::string> stuck_;               ///< for tree(): who is, by name
};

} // namespace lintel::app
