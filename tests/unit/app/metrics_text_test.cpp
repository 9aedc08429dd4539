#include "app/metrics.hpp"

#include <catch2/catch.hpp>

using lintel::app::metrics;
using lintel::app::prometheus_text;

TEST_CASE("an actor that is abandoned and has not crashed yet makes no counter negative") {
  metrics m;
  m.counters[static_cast<std::size_t>(lintel::actors::counter::abandoned)] = 1;
  const auto text = prometheus_text(m);
  CHECK(text.find("lintel_exits_total{reason=\"crash\"} 0\n") != std::string::npos);
  CHECK(text.find("lintel_exits_total{reason=\"stuck\"} 1\n") != std::string::npos);
}
