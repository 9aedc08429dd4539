#pragma once

#include "actors/presence_book.hpp"

#include <catch2/catch.hpp>
#include <rapidjson/document.h>

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace lintel::testing {

using actors::presence_book;
using actors::presence_errc;
using actors::presence_news;
using actors::presence_owner;
using std::chrono_literals::operator""h;
using std::chrono_literals::operator""min;
using std::chrono_literals::operator""ms;
using std::chrono_literals::operator""s;

/// What a meta is to an application, "{"device":1}", under the ref that it has: to see whether a ref was kept.
using metas_by_ref = std::map<std::string, std::string>;
/// Users and their metas; as one line: "alice(1,2) bob(1)" for metas {"d":1} and so on.
using presence_list = std::map<std::string, metas_by_ref>;

inline std::string text_of(const rapidjson::Value& meta) {
  std::string text;
  for (const auto& member : meta.GetObject())
    if (std::string_view{member.name.GetString()}.substr(0, 7) != "phx_ref")
      text += (text.empty() ? "" : ",") + std::string{member.name.GetString()} + "=" +
              (member.value.IsInt() ? std::to_string(member.value.GetInt()) : "?");
  return text;
}

/// {"alice":{"metas":[...]}}; every entry has at least one meta, no key and no ref comes twice.
inline presence_list list_in(const rapidjson::Value& entries) {
  presence_list list;
  for (const auto& [key, entry] : entries.GetObject()) {
    auto& metas = list[key.GetString()];
    REQUIRE(metas.empty());
    REQUIRE(entry.MemberCount() == 1);
    REQUIRE_FALSE(entry["metas"].Empty());
    for (const auto& meta : entry["metas"].GetArray())
      REQUIRE(metas.emplace(meta["phx_ref"].GetString(), text_of(meta)).second);
  }
  return list;
}

inline rapidjson::Document parsed(const std::string& json) {
  rapidjson::Document document;
  document.Parse(json.c_str());
  INFO(json);
  REQUIRE_FALSE(document.HasParseError());
  return document;
}

/// A member of the room. Stricter than Phoenix's clients: it takes no join of what it knows, and no leave of what it
/// does not.
class watcher {
public:
  void hear(const presence_news& news) {
    const auto payload = parsed(news.payload);
    if (news.event == "presence_state") {
      list = list_in(payload);
    } else if (news.event == "presence_count") {
      count = payload["count"].GetUint();
    } else {
      REQUIRE(news.event == "presence_diff");
      REQUIRE(payload.MemberCount() == 2);
      hear_diff(list_in(payload["joins"]), list_in(payload["leaves"]));
    }
    bytes += news.payload.size();
    ++heard;
  }

  presence_list list;
  std::size_t count = 0;
  std::size_t heard = 0;
  std::size_t bytes = 0;

private:
  void hear_diff(const presence_list& joins, const presence_list& leaves) {
    REQUIRE((!joins.empty() || !leaves.empty()));
    for (const auto& [key, metas] : joins)
      for (const auto& [ref, text] : metas)
        REQUIRE(list[key].emplace(ref, text).second);
    for (const auto& [key, metas] : leaves)
      for (const auto& [ref, text] : metas) {
        REQUIRE(list[key].erase(ref) == 1);
        if (list[key].empty())
          list.erase(key);
      }
  }
};

/// One room's book, on a clock of its own. Devices are numbers: the connection is theirs alone, or `by`.
struct presence_world {
  explicit presence_world(std::uint32_t listed_max = 1000, actors::presence_limits limits = {})
      : rules{.is_on = true, .listed_max = listed_max}, book{rules, limits, refs} {}

  static presence_owner plain(std::uint32_t by) { return {.connection = {.slot = by}}; }
  static presence_owner session(std::string_view sid, std::uint32_t by) {
    return {.connection = {.slot = by}, .session = sid};
  }

  void track(const presence_owner& who, std::string_view key, std::string_view meta = "{}") {
    REQUIRE(book.track(who, key, meta, now) == presence_errc::ok);
  }
  std::string ref(const presence_owner& who) const { return std::string{book.ref_of(who)}; }

  /// To the end of the window; what is told then.
  std::vector<presence_news> pass(presence_book::time_point::duration time) {
    const auto end = now + time;
    std::vector<presence_news> all;
    while (const auto next = book.next_deadline()) {
      if (*next > end)
        break;
      now = std::max(now, *next);
      for (auto& news : book.take_due(now)) {
        someone.hear(news);
        all.push_back(std::move(news));
      }
    }
    now = end;
    return all;
  }
  std::vector<presence_news> pass_window() { return pass(rules.window); }

  actors::presence_refs refs{0x1234567890ab};
  const actors::presence_rules rules;
  presence_book book;
  presence_book::time_point now = presence_book::time_point{} + 1h;
  watcher someone; ///< there from the beginning
};

inline presence_list list_of(const presence_book& book, presence_book::view which) {
  return list_in(parsed(book.list(which)));
}

} // namespace lintel::testing
