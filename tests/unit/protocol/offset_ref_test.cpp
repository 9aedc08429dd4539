#include "protocol/offset_ref.hpp"

#include <catch2/catch.hpp>

using lintel::protocol::offset_ref;
using lintel::protocol::ref_view;

TEST_CASE("an offset's ref is a string that no client would make") {
  CHECK(offset_ref{0}.view() == ref_view{ref_view::type::string, "@0"});
  CHECK(offset_ref{1043}.view() == ref_view{ref_view::type::string, "@1043"});
}

TEST_CASE("the largest offset fits its ref") { CHECK(offset_ref{UINT64_MAX}.view().text == "@18446744073709551615"); }
