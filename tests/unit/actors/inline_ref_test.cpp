#include "actors/inline_ref.hpp"

#include <catch2/catch.hpp>

#include <string>

using lintel::actors::inline_ref;
using lintel::protocol::ref_view;

namespace {

using type = ref_view::type;

ref_view string_ref(std::string_view text) { return {type::string, text}; }

} // namespace

TEST_CASE("a ref that was never set is null") { CHECK(inline_ref{}.view() == ref_view{}); }

TEST_CASE("a null ref is kept as null") {
  const inline_ref kept{ref_view{}};
  CHECK(kept.view().is_null());
  CHECK(kept.view().text.empty());
}

TEST_CASE("a ref keeps its type and text whatever its length") {
  for (const std::size_t length : {0u, 1u, 13u, 14u, 15u, 16u, 100u, 255u}) {
    const std::string text(length, 'x');
    const inline_ref kept{string_ref(text)};
    CHECK(kept.view() == string_ref(text));
  }
  const inline_ref number{ref_view{type::integer, "42"}};
  CHECK(number.view() == ref_view{type::integer, "42"});
}

TEST_CASE("a ref owns its text") {
  std::string text(200, 'a');
  const inline_ref kept{string_ref(text)};
  text.assign(200, 'b');
  CHECK(kept.view().text == std::string(200, 'a'));
}

TEST_CASE("a moved ref goes on in its new place, short or long") {
  for (const std::size_t length : {3u, 200u}) {
    const std::string text(length, 'm');
    inline_ref from{string_ref(text)};
    inline_ref to{std::move(from)};
    CHECK(to.view() == string_ref(text));
    inline_ref assigned{string_ref(std::string(100, 'o'))};
    assigned = std::move(to);
    CHECK(assigned.view() == string_ref(text));
  }
}

TEST_CASE("a ref survives being moved onto itself") {
  inline_ref kept{string_ref(std::string(100, 's'))};
  auto& same = kept;
  kept = std::move(same);
  CHECK(kept.view() == string_ref(std::string(100, 's')));
}
