#pragma once

#include "history/durable_log.hpp"
#include "history/topic_reader.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <variant>

/// What the threads of a log tell each other.
namespace lintel::history {

using order_time = std::chrono::steady_clock::time_point;

// From those who use the log, to its writer.

struct append_wanted {
  append_order what;
  order_time since;

  std::uint64_t bytes() const noexcept {
    const auto& message = what.what.message->view();
    return what.topic.size() + what.key.size() + message.event.size() + message.payload.bytes.size();
  }
};

struct open_wanted {
  std::string topic;
  retention keep;
  std::uint32_t tail_max = 0;
  std::uint64_t tail_bytes_max = 0;
  std::function<void(opened_topic)> done;
  order_time since;
};

struct read_wanted {
  std::string topic;
  range which;
  std::function<void(read_entries)> done;
  order_time since;
};

struct reset_wanted {
  std::string topic;
  std::function<void(opened_topic)> done;
};

// From its readers, to its writer.

struct topic_found {
  std::string topic;
  found_topic found;
  std::optional<retention> keep; ///< of the order to open it, which has been answered
};

struct sweep_made {
  topic_reader::sweep found;
};

using writer_order = std::variant<append_wanted, open_wanted, read_wanted, reset_wanted, topic_found, sweep_made>;

// From the writer to its readers.

/// Finds a topic that the writer does not know; opens it as well, if that is what was ordered first.
struct find_job {
  std::string topic;
  std::optional<open_wanted> order;
};
struct open_job {
  topic_view view;
  open_wanted order;
};
struct read_job {
  topic_view view;
  read_wanted order;
};
/// Waits until there is nothing else to do.
struct sweep_job {
  std::uint64_t from_id = 0;
};

using reader_job = std::variant<find_job, open_job, read_job, sweep_job>;

} // namespace lintel::history
