// Metrics as text: for Prometheus, and as JSON.

#include "app/metrics.hpp"

#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <iterator>
#include <string_view>

namespace lintel::app {

namespace {

using base::latency_histogram;

class exposition {
public:
  void head(std::string_view name, std::string_view type, std::string_view help) {
    fmt::format_to(std::back_inserter(out_), "# HELP {} {}\n# TYPE {} {}\n", name, help, name, type);
  }
  template <class Value>
  void value(std::string_view name, std::string_view type, std::string_view help, const Value& v) {
    head(name, type, help);
    fmt::format_to(std::back_inserter(out_), "{} {}\n", name, v);
  }
  void labelled(std::string_view name, std::string_view label, double v) {
    fmt::format_to(std::back_inserter(out_), "{}{{{}}} {}\n", name, label, v);
  }
  void histogram(std::string_view name, std::string_view label, const latency_histogram::snapshot& h) {
    std::uint64_t so_far = 0;
    for (std::size_t i = 0; i + 1 < latency_histogram::bucket_count; ++i)
      fmt::format_to(std::back_inserter(out_), "{}_bucket{{{},le=\"{}\"}} {}\n", name, label,
                     static_cast<double>(latency_histogram::bound_us(i)) / 1e6, so_far += h.buckets[i]);
    fmt::format_to(std::back_inserter(out_), "{}_bucket{{{},le=\"+Inf\"}} {}\n{}_sum{{{}}} {}\n{}_count{{{}}} {}\n",
                   name, label, h.count(), name, label, static_cast<double>(h.sum_us) / 1e6, name, label, h.count());
  }
  void sum_and_count(std::string_view name, std::uint64_t sum, std::uint64_t count) {
    fmt::format_to(std::back_inserter(out_), "{}_sum {}\n{}_count {}\n", name, sum, name, count);
  }
  std::string take() { return std::move(out_); }

private:
  std::string out_;
};

std::string class_label(std::size_t i) {
  return fmt::format("class=\"{}\"", name_of(static_cast<actors::process_class>(i)));
}

void put_batches(exposition& out, const history::log_stats& log) {
  constexpr std::string_view name = "lintel_history_batch_messages";
  out.head(name, "histogram", "Messages that were stored together.");
  const auto buckets = log.batch_messages.read();
  std::uint64_t so_far = 0;
  for (std::size_t i = 0; i < buckets.size(); ++i)
    out.labelled(fmt::format("{}_bucket", name), fmt::format("le=\"{}\"", history::batch_histogram::bound(i)),
                 static_cast<double>(so_far += buckets[i]));
  out.labelled(fmt::format("{}_bucket", name), "le=\"+Inf\"", static_cast<double>(so_far));
  out.sum_and_count(name, log.stored_messages, so_far);
}

// What a durable message costs: how many share a commit, how long it takes, how long a message waits for it.
void put_log(exposition& out, const history::log_stats& log) {
  out.value("lintel_history_stored_messages_total", "counter", "Messages in the log.", log.stored_messages.load());
  out.value("lintel_history_stored_bytes_total", "counter", "Of events and payloads.", log.stored_bytes.load());
  out.value("lintel_history_refused_messages_total", "counter", "Not stored.", log.refused_messages.load());
  out.value("lintel_history_errors_total", "counter", "Of the device; a full disk is one.", log.errors.load());
  out.value("lintel_history_damages_total", "counter", "Reads of bytes that nobody wrote.", log.damages.load());
  out.value("lintel_history_waiting_messages", "gauge", "On their way to the disk.", log.waiting_orders.load());
  out.value("lintel_history_waiting_bytes", "gauge", "The same, in bytes.", log.waiting_bytes.load());
  out.value("lintel_history_disk_full", "gauge", "1: nothing is stored until there is space.",
            log.is_disk_full.load() ? 1 : 0);
  out.value("lintel_history_failed", "gauge", "1: nothing is stored until the server is started anew.",
            log.has_failed.load() ? 1 : 0);
  put_batches(out, log);
  out.head("lintel_history_seconds", "histogram", "Commit of a batch; wait of a message; opening and reading a topic.");
  out.histogram("lintel_history_seconds", "what=\"commit\"", log.commit_time.read());
  out.histogram("lintel_history_seconds", "what=\"wait\"", log.waiting_time.read());
  out.histogram("lintel_history_seconds", "what=\"read\"", log.read_time.read());
}

std::string quantiles(const latency_histogram::snapshot& h) {
  return fmt::format(R"({{"count":{},"p50_us":{},"p99_us":{},"max_us":{}}})", h.count(), h.quantile_us(0.5),
                     h.quantile_us(0.99), h.max_us);
}

} // namespace

std::string prometheus_text(const metrics& m) {
  exposition out;
  for (std::size_t i = 0; i < actors::counter_count; ++i) {
    const auto name = fmt::format("lintel_{}_total", actors::name_of(static_cast<actors::counter>(i)));
    out.value(name, "counter", "Since start; docs/operations.md says what is counted.", m.counters[i]);
  }
  const auto count = [&m](actors::counter which) {
    return static_cast<double>(m.counters[static_cast<std::size_t>(which)]);
  };
  out.head("lintel_exits_total", "counter", "Incarnations that ended, by reason.");
  out.labelled("lintel_exits_total", "reason=\"kill\"", count(actors::counter::kills));
  // Who is abandoned has not crashed yet for a moment: a counter below zero is none.
  out.labelled("lintel_exits_total", "reason=\"crash\"",
               std::max(0.0, count(actors::counter::crashes) - count(actors::counter::abandoned)));
  out.labelled("lintel_exits_total", "reason=\"stuck\"", count(actors::counter::abandoned));
  out.labelled("lintel_exits_total", "reason=\"exit_signal\"", count(actors::counter::exit_signals));
  out.value("lintel_connections_open", "gauge", "WebSockets.", m.connections_open);
  out.value("lintel_rooms", "gauge", "Rooms with members.", m.rooms);
  out.value("lintel_requests_in_flight", "gauge", "Clients' messages that wait or are being handled.",
            m.requests_in_flight);
  out.value("lintel_outbox_bytes", "gauge", "Bytes that wait for slow clients.", m.outbox_bytes);
  out.head("lintel_queue_time_seconds", "histogram", "From a letter's post to its handler; one letter in 64.");
  for (std::size_t i = 0; i < m.classes.size(); ++i)
    out.histogram("lintel_queue_time_seconds", class_label(i), m.classes[i].queue);
  out.head("lintel_handler_time_seconds", "histogram", "How long handlers run; one letter in 64.");
  for (std::size_t i = 0; i < m.classes.size(); ++i)
    out.histogram("lintel_handler_time_seconds", class_label(i), m.classes[i].handler);
  out.head("lintel_worker_lag_seconds", "histogram", "From one look at the sockets to the next while there is work.");
  for (std::size_t i = 0; i < m.worker_lag.size(); ++i)
    out.histogram("lintel_worker_lag_seconds", fmt::format("worker=\"{}\"", i), m.worker_lag[i]);
  out.head("lintel_worker_lag_quantile_seconds", "gauge", "The same since start: p50, p99 and the longest.");
  for (std::size_t i = 0; i < m.worker_lag.size(); ++i) {
    const auto& lag = m.worker_lag[i];
    const auto put = [&](std::string_view which, std::uint64_t us) {
      out.labelled("lintel_worker_lag_quantile_seconds", fmt::format("worker=\"{}\",quantile=\"{}\"", i, which),
                   static_cast<double>(us) / 1e6);
    };
    put("0.5", lag.quantile_us(0.5));
    put("0.99", lag.quantile_us(0.99));
    put("1", lag.max_us);
  }
  out.value("lintel_history_memory_bytes", "gauge", "Histories in memory whose rooms nobody is in.", m.shelf_bytes);
  if (m.log != nullptr)
    put_log(out, *m.log);
  if (m.resident_bytes != 0)
    out.value("process_resident_memory_bytes", "gauge", "Resident memory.", m.resident_bytes);
  out.value("process_cpu_seconds_total", "counter", "User and system time.", m.cpu_seconds);
  return out.take();
}

std::string json_of(const metrics& m, std::uint64_t restarts_per_minute,
                    const std::vector<latency_histogram::snapshot>& lag_now) {
  std::string out = R"({"counters":{)";
  for (std::size_t i = 0; i < actors::counter_count; ++i)
    fmt::format_to(std::back_inserter(out), R"({}"{}":{})", i == 0 ? "" : ",",
                   actors::name_of(static_cast<actors::counter>(i)), m.counters[i]);
  fmt::format_to(std::back_inserter(out),
                 R"(}},"clock_ms":{},"restarts_per_minute":{},"connections_open":{},"rooms":{},)"
                 R"("requests_in_flight":{},"outbox_bytes":{},"resident_bytes":{},"cpu_seconds":{:.3f},"classes":{{)",
                 std::chrono::floor<std::chrono::milliseconds>(m.at.time_since_epoch()).count(), restarts_per_minute,
                 m.connections_open, m.rooms, m.requests_in_flight, m.outbox_bytes, m.resident_bytes, m.cpu_seconds);
  for (std::size_t i = 0; i < m.classes.size(); ++i)
    fmt::format_to(std::back_inserter(out), R"({}"{}":{{"queue":{},"handler":{}}})", i == 0 ? "" : ",",
                   name_of(static_cast<actors::process_class>(i)), quantiles(m.classes[i].queue),
                   quantiles(m.classes[i].handler));
  out += R"(},"workers":[)";
  for (std::size_t i = 0; i < m.worker_lag.size(); ++i)
    fmt::format_to(std::back_inserter(out), R"({}{{"lag":{}{}}})", i == 0 ? "" : ",", quantiles(m.worker_lag[i]),
                   i < lag_now.size() ? R"(,"lag_now":)" + quantiles(lag_now[i]) : "");
  return out + "]}";
}

} // namespace lintel::app
