#include "actors/presence_meta.hpp"

#include "base/ensure.hpp"

#include <catch2/catch.hpp>

#include <vector>

using namespace lintel::actors;

namespace {

constexpr const char* ref = "0123456789abcdef";
constexpr const char* older = "fedcba9876543210";

struct device {
  presence_meta_ptr meta;
};
using devices = std::vector<std::unique_ptr<device>>;

devices devices_with(const std::vector<presence_meta_ptr>& metas) {
  devices all;
  for (const auto& meta : metas)
    all.push_back(std::make_unique<device>(device{meta}));
  return all;
}

presence_meta_ptr made_of(std::string_view own) { return std::make_shared<const presence_meta>(own, ref, ""); }

const presence_meta* its_own(const device& it) { return it.meta.get(); }

} // namespace

TEST_CASE("a meta gets its ref behind the application's members") {
  const presence_meta meta{R"({"a":{"b":1}})", ref, ""};
  CHECK(meta.json() == R"({"a":{"b":1},"phx_ref":"0123456789abcdef"})");
  CHECK(meta.ref() == ref);
}

TEST_CASE("an update names the ref before") {
  const presence_meta meta{"{}", ref, older};
  CHECK(meta.json() == R"({"phx_ref":"0123456789abcdef","phx_ref_prev":"fedcba9876543210"})");
  CHECK(meta.ref() == ref);
}

TEST_CASE("an object without members stays JSON, blanks or not") {
  CHECK(presence_meta{"{ }", ref, ""}.json() == R"({ "phx_ref":"0123456789abcdef"})");
  CHECK(presence_meta{"{\n\t}", ref, ""}.json() == "{\n\t\"phx_ref\":\"0123456789abcdef\"}");
}

TEST_CASE("a meta knows the text it was made of, whole and nothing else") {
  const presence_meta meta{R"({"a":1})", ref, older};
  CHECK(meta.is_made_of(R"({"a":1})"));
  CHECK_FALSE(meta.is_made_of(R"({"a":12})"));
  CHECK_FALSE(meta.is_made_of(R"({"a":1,"b":2})"));
  CHECK_FALSE(meta.is_made_of("{}"));
  CHECK_FALSE(presence_meta("{}", ref, "").is_made_of(R"({"a":1})"));
}

TEST_CASE("a meta that is no object is a broken invariant") {
  for (const auto* own : {"", "1", "[]", "{", "}"})
    CHECK_THROWS_AS(presence_meta(own, ref, ""), lintel::base::broken_invariant);
}

TEST_CASE("entries are keys with their metas; a key without any is left out") {
  presence_entries entries;
  CHECK(entries.is_empty());
  entries.add("nobody", devices_with({nullptr, nullptr}), its_own);
  CHECK(entries.is_empty());
  entries.add("alice", devices_with({made_of(R"({"d":1})"), nullptr, made_of(R"({"d":2})")}), its_own);
  entries.add("bob\"", devices_with({made_of("{}")}), its_own);
  CHECK_FALSE(entries.is_empty());
  CHECK(entries.finish() == R"({"alice":{"metas":[{"d":1,"phx_ref":"0123456789abcdef"},)"
                            R"({"d":2,"phx_ref":"0123456789abcdef"}]},)"
                            R"("bob\"":{"metas":[{"phx_ref":"0123456789abcdef"}]}})");
  CHECK(presence_entries{}.finish() == "{}");
}
