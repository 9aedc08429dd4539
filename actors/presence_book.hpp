#pragma once

#include "actors/connection_id.hpp"
#include "actors/namespace_rules.hpp"
#include "actors/presence_limits.hpp"
#include "actors/presence_meta.hpp"
#include "actors/presence_news.hpp"
#include "actors/presence_ref.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace lintel::actors {

/// Who holds a meta: the session if there is one, which outlives sockets, else the connection.
struct presence_owner {
  connection_id connection;
  std::string_view session{}; ///< chosen by the client; secret, never sent to anybody
};

/// Who is present in one room, and what its members have been told about it: Phoenix's presence, as a state machine
/// without a clock of its own. Only the room's actor uses it; it survives the actor's incarnations.
///
/// A key (a user) has one meta per owner (a device). Each tracked meta has a `phx_ref` of its own. Changes are
/// collected for `rules.window` and told in one diff: only what a meta was when it was told last and what it is at the
/// window's end counts, so what came and went in between is never told. Members joining in between are sent what the
/// others were told (`first_news`); the next diff is as right for them as for everybody.
///
///             track                                lost (session)              linger over
///   (absent) ───────▶ present ─── track, equal ──▶ present   present ────────▶ lingering ───────────▶ (absent)
///                        │  ▲                                          ▲          │ returned, track
///        untrack, lost   │  └ track, other meta: new ref, old one in   └──────────┘ same ref, nothing to tell
///        (no session) ▼  phx_ref_prev; join and leave in one diff
///                    (absent)
///
/// Above `rules.listed_max` metas, or `limits.list_bytes_max` of their texts, nobody is listed any more: one
/// `presence_state` {} says so, and from then on `presence_count` {"count": users} at most once a second, in rooms of
/// more than 10,000 less often. Below half of it for a second, one `presence_state` with everybody brings the list
/// back. To leave is O(1) in these rooms, and 10,000 members leaving at once cost each of the others a few counts, not
/// 10,000 entries.
class presence_book {
public:
  using time_point = std::chrono::steady_clock::time_point;

  presence_book(const presence_rules& rules, const presence_limits& limits, presence_refs& refs)
      : rules_(rules), limits_(limits), refs_(refs) {}

  /// `meta` is the text of a validated JSON object without `phx_ref` and `phx_ref_prev` on its first level
  /// (protocol::clean_meta). No key: the one it has, else one is made up. The owner's connection is from now on this
  /// one; what another connection says for the same session is ignored. An equal meta under the same key changes
  /// nothing. Refused: nothing has changed.
  [[nodiscard]] presence_errc track(const presence_owner& who, std::string_view key, std::string_view meta,
                                    time_point now);
  /// It asked to be absent, or left the room. Unknown owners are none of ours.
  void untrack(const presence_owner& who, time_point now);
  /// Its socket is gone: a session lingers, and is present until `rules.linger` is over.
  void lost(const presence_owner& who, time_point now);
  /// The session is here again, by this connection. False: it was not tracked.
  bool returned(const presence_owner& who);

  /// What is due: the diff of a window that is over, absences of those that lingered too long, counts. In this order,
  /// for everybody.
  std::vector<presence_news> take_due(time_point now);
  /// When take_due() has something to do; nothing: never, unless something happens.
  std::optional<time_point> next_deadline() const;

  /// What a member that joins now is told before anything else.
  std::vector<presence_news> first_news() const;

  enum class view : std::uint8_t {
    told,   ///< as members know it
    present ///< as it is; for operators
  };
  /// The payload of a presence_state: {"alice":{"metas":[{"phx_ref":"...",...}]}}. Nobody is listed above `listed_max`.
  std::string list(view which) const;

  /// The ref of what the owner tracks; empty: nothing.
  std::string_view ref_of(const presence_owner& who) const;
  std::size_t users() const noexcept { return present_users_; }
  std::size_t metas() const noexcept { return owners_.size(); }
  bool is_listed() const noexcept { return !is_counting_; }
  /// Nobody is present, and there is nothing left to tell.
  bool is_empty() const noexcept { return users_.empty(); }

private:
  struct member;
  struct user_record;
  using user_entry = std::pair<const std::string, user_record>;
  struct member {
    presence_meta_ptr now;  ///< null: absent, which is still to be told
    presence_meta_ptr told; ///< null: nobody knows of it
    connection_id connection;
    time_point absent_at{}; ///< when it lingers no longer; the epoch: it does not
    const std::string* owner = nullptr;
    user_entry* whose = nullptr;
  };
  struct user_record {
    std::vector<std::unique_ptr<member>> devices; ///< oldest first; those that left stay until that is told
    std::uint32_t present = 0;                    ///< of them
    bool is_changed = false;                      ///< listed in changed_
  };
  struct text_hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const noexcept { return std::hash<std::string_view>{}(text); }
  };
  template <class Value>
  using text_map = std::unordered_map<std::string, Value, text_hash, std::equal_to<>>;

  member* find(const presence_owner& who) const;
  member* find_held(const presence_owner& who) const;
  presence_errc judge(const presence_owner& who, const member* it, std::string_view key, std::string_view meta) const;
  void add(const presence_owner& who, std::string_view key, std::string_view meta, time_point now);
  void take_over(member& it, const connection_id& by);
  void leave(member& it, time_point now);
  void changed(user_entry& whose, time_point now);
  static bool forget_absent(user_record& user);
  static std::size_t text_bytes(const member& it);

  std::string take_diff();
  bool is_beyond_list() const noexcept;
  bool is_few_for(time_point now);
  presence_news count() const;
  void begin_counting();
  void begin_listing();

  const presence_rules rules_;
  const presence_limits limits_;
  presence_refs& refs_;
  text_map<user_record> users_;
  text_map<member*> owners_;                           // who is present, lingering or not
  std::set<std::pair<time_point, member*>> lingering_; // who is to be absent, and when
  std::vector<user_entry*> changed_;                   // users with something to tell; none while counting
  std::optional<time_point> window_end_;               // set by the first change in a window
  std::size_t present_users_ = 0;
  std::size_t text_bytes_ = 0;
  bool is_counting_ = false;
  std::size_t told_count_ = 0;          // while counting
  time_point looked_at_{};              // while counting, last
  std::optional<time_point> few_since_; // few enough for a list, while counting
};

} // namespace lintel::actors
