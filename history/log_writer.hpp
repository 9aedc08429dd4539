#pragma once

#include "history/log_batch.hpp"
#include "history/log_orders.hpp"
#include "history/reader_pool.hpp"
#include "history/rocks_store.hpp"
#include "history/topic_table.hpp"

#include <cstddef>
#include <string>

namespace lintel::history {

/// Carries out orders, one after the other: gathers messages into a batch, hands reading to the readers, and deletes
/// what is old. It alone knows how far a topic has got, and it never reads the disk. On the writer's thread.
class log_writer {
public:
  log_writer(rocks_store& store, topic_reader& reader, reader_pool& readers, log_stats& stats,
             const rocks_log_options& options);

  void carry_out(writer_order order) {
    std::visit([this](auto& it) { take(it); }, order);
  }
  /// Writes what has been gathered, and tells who wrote it. Batches that are full are written without being asked.
  void write_batch();
  /// What is due by now: old messages, topics that nobody asks about.
  void keep_house(order_time now);
  /// When there will be something.
  order_time house_due() const noexcept;
  /// Orders wait for a reader's answer.
  bool has_parked() const noexcept { return parked_ > 0; }

private:
  /// Deletions are batched: so many old messages may lie in front of a topic that is written to.
  static constexpr std::uint64_t trim_min = 64;
  /// Between two looks at some of all topics (reader_pool::sweep_topics): at most 2,000 topics a second.
  static constexpr std::chrono::milliseconds sweep_pause{100};

  void take(append_wanted& order);
  void take(open_wanted& order);
  void take(read_wanted& order);
  void take(reset_wanted& order);
  void take(topic_found& answer);
  void take(sweep_made& answer);

  /// Null: the order is parked until it is known.
  template <class Order>
  topic_state* found(const std::string& topic, Order& order);
  /// `from`: nothing of the writer's term is stored from this offset on.
  void refuse(topic_state& topic, const append_wanted& order, log_error why, std::uint64_t from);
  void tell(log_error outcome);
  /// Everything that was ordered of the topic is in the database, and in the view.
  topic_view view_of(const std::string& name, const topic_state& topic);
  /// So much is to be kept of it from here on.
  void hold_on_to(topic_state& topic, const retention& keep);
  void trim(topic_state& topic, std::uint64_t first);
  void make_ready();

  rocks_store& store_;
  topic_reader& reader_;
  reader_pool& readers_;
  log_stats& stats_;
  const std::chrono::milliseconds sweep_period_;
  const std::chrono::milliseconds topic_idle_max_;
  topic_table topics_;
  log_batch batch_;
  std::uint64_t topic_id_max_;
  std::size_t parked_ = 0;
  order_time sweep_due_;
  std::uint64_t sweep_from_id_ = 1;
  bool is_sweep_under_way_ = false;
  order_time forget_due_;
};

} // namespace lintel::history
