#include "loadgen/generator.hpp"

#include "loadgen/upgrade.hpp"

#include <fmt/format.h>

#include <sys/resource.h>

#include <algorithm>
#include <thread>

namespace lintel::loadgen {

namespace {

constexpr std::uint64_t ticks_per_sample = 10;
constexpr std::uint64_t ticks_per_progress = 20;
constexpr std::uint32_t sampled_members = 16;
constexpr nanoseconds leaving_max = std::chrono::seconds{2};

nanoseconds cpu_of_this_thread() noexcept {
  rusage used{};
  getrusage(RUSAGE_THREAD, &used);
  const auto span = [](const timeval& time) {
    return std::chrono::seconds{time.tv_sec} + std::chrono::microseconds{time.tv_usec};
  };
  return span(used.ru_utime) + span(used.ru_stime);
}

std::vector<std::string> topics_of(const workload& load) {
  std::vector<std::string> topics;
  for (std::uint32_t room = 0; room < load.rooms; ++room)
    topics.push_back(fmt::format("{}{}", load.topic_prefix, room));
  return topics;
}

} // namespace

generator::generator(const workload& load, std::uint32_t thread, channel& conductor)
    : load_(load), conductor_(conductor),
      share_(load.share_of(thread)), context_{.target = load.target,
                                              .sources = load.sources,
                                              .observer = *this,
                                              .request = upgrade_request(load.target.name),
                                              .topics = topics_of(load),
                                              .event = load.traffic.event,
                                              .hall = load.hall,
                                              .input = std::vector<char>(client_context::input_bytes),
                                              .text = {},
                                              .frame = {}},
      swarm_(share_, context_), traffic_(load.traffic, {thread, load.threads, share_.first_number}, swarm_, context_),
      log_({share_.first_number, share_.member_count, load.rooms}), phase_(load.phase_count),
      connect_started_(clock::now()), next_tick_(connect_started_ + load.tick_interval) {
  if (!load.hall.empty())
    hall_heard_.resize(share_.member_count);
  found_.phases.resize(load.phase_count + 1);
  swarm_.watch(conductor.fd());
}

void generator::run() {
  while (!is_finished_) {
    const time_point now = clock::now();
    const time_point next =
        std::min({traffic_.send_due(now), swarm_.open_due(now), swarm_.heartbeat_due(now), tick_due(now)});
    // Who sleeps here is not woken by every answer, and the server's side of the machine pays for no wake-ups.
    if (!is_timed() && load_.nap > nanoseconds{0})
      std::this_thread::sleep_for(std::min(load_.nap, next - now));
    if (swarm_.turn(next))
      obey();
  }
}

time_point generator::tick_due(time_point now) {
  // Lateness of a tick is what a message arriving at a random moment has to wait for the loop.
  for (; next_tick_ <= now; next_tick_ += load_.tick_interval) {
    current().loop_lag.record(now - next_tick_);
    ++tick_count_;
    if (tick_count_ % ticks_per_sample == 0)
      sample_unread();
    if (tick_count_ % ticks_per_progress == 0)
      report_progress();
  }
  return next_tick_;
}

void generator::sample_unread() {
  const std::uint32_t count = std::min(sampled_members, share_.member_count);
  for (std::uint32_t i = 0; i < count; ++i) {
    const auto member = static_cast<std::uint32_t>((tick_count_ * 7919 + i * 104'729) % share_.member_count);
    current().unread_bytes.record(std::uint64_t{swarm_.member(member).socket().unread_bytes()});
  }
}

void generator::report_progress() {
  progress_.sent = traffic_.sent_count();
  progress_.surprises = found_.unexpected.total();
  archive_writer out;
  out.put(progress_);
  conductor_.send(note_kind::progress, out.take());
}

void generator::obey() {
  if (!conductor_.receive()) {
    is_finished_ = true;
    return;
  }
  while (const auto found = conductor_.next()) {
    switch (found->kind) {
    case note_kind::begin: traffic_.begin(clock::now()); break;
    case note_kind::phase: enter_phase(archive_reader{found->body}.get<std::uint32_t>()); break;
    case note_kind::stop:
      traffic_.stop();
      report_progress();
      break;
    case note_kind::gather:
      gather_started_ = clock::now();
      swarm_.enter_hall();
      break;
    case note_kind::announce:
      is_announced_ = true;
      announce();
      break;
    case note_kind::finish: finish(); break;
    case note_kind::progress:
    case note_kind::result:
    case note_kind::failure: base::ensure(false, "a conductor gives orders");
    }
  }
}

void generator::enter_phase(std::uint32_t index) {
  base::ensure(index <= load_.phase_count, "a phase has figures");
  const time_point now = clock::now();
  const nanoseconds cpu = cpu_of_this_thread();
  if (!starts_.empty()) {
    current().wall += now - starts_.back().at;
    current().cpu += cpu - phase_cpu_;
    current().sent += traffic_.sent_count() - phase_sent_;
    current().heartbeats += context_.heartbeats_answered - phase_heartbeats_;
    current().cpu_share = seconds(current().cpu) / seconds(current().wall);
  }
  phase_ = index;
  phase_cpu_ = cpu;
  phase_sent_ = traffic_.sent_count();
  phase_heartbeats_ = context_.heartbeats_answered;
  starts_.push_back({now, index});
  traffic_.measure_lateness(&current().lateness);
}

phase_figures& generator::phase_of(time_point intended) noexcept {
  for (auto start = starts_.rbegin(); start != starts_.rend(); ++start)
    if (start->at <= intended)
      return found_.phases[start->index];
  return found_.phases[load_.phase_count];
}

void generator::joined(std::uint32_t, nanoseconds took) {
  ++progress_.joined;
  found_.join_latency.record(took);
  found_.connect_wall = clock::now() - connect_started_;
  if (progress_.joined + progress_.failed == share_.member_count) {
    found_.connect_cpu_share = seconds(cpu_of_this_thread()) / seconds(found_.connect_wall);
    report_progress();
  }
}

void generator::failed_to_join(std::uint32_t, std::string_view why) {
  ++progress_.failed;
  if (found_.first_failure.empty())
    found_.first_failure = why;
}

void generator::delivered(std::uint32_t member, const message_stamp& stamp, time_point now) {
  ++progress_.deliveries;
  ++current().deliveries;
  if (is_timed_room(member))
    phase_of(stamp.intended).delivery_latency.record(now - stamp.intended);
  log_.delivered(member, {stamp.sender, stamp.sequence});
  if (stamp.sender == share_.first_number + member)
    traffic_.delivered_to_sender(member);
}

void generator::answered(std::uint32_t member, const pending_push& push, reply_status status, time_point now) {
  ++progress_.answered;
  ++current().answered;
  if (is_timed_room(member))
    phase_of(push.intended).reply_latency.record(now - push.intended);
  if (status == reply_status::ok && load_.traffic.is_broadcast)
    progress_.deliveries_expected += load_.members_of((share_.first_number + member) % load_.rooms);
  traffic_.answered(member, push, status);
}

void generator::closed(std::uint32_t, std::uint16_t code) {
  ++progress_.closed;
  ++found_.closes[code];
}

void generator::surprised(surprise kind, std::string_view example) { found_.unexpected.note(kind, example); }

void generator::entered_hall(std::uint32_t) {
  ++progress_.hall_entered;
  found_.hall_wall = clock::now() - gather_started_;
  swarm_.enter_hall();
  if (progress_.hall_entered == share_.member_count)
    report_progress();
}

void generator::announce() {
  if (share_.first_number != 0 || share_.member_count == 0)
    return;
  std::string payload;
  append_payload(payload, {0, 1, clock::now()}, load_.traffic.payload_bytes);
  swarm_.member(0).push_to_hall(payload, context_);
}

void generator::heard_in_hall(std::uint32_t member, const message_stamp& stamp, time_point now) {
  if (hall_heard_[member]++ > 0) {
    ++found_.hall_repeated;
    return;
  }
  ++progress_.hall_heard;
  found_.hall_latency.record(now - stamp.intended);
  if (progress_.hall_heard == share_.member_count)
    report_progress();
}

void generator::finish() {
  enter_phase(load_.phase_count);
  found_.joined_count = progress_.joined;
  found_.failed_count = progress_.failed;
  found_.ledger = traffic_.ledger();
  archive_writer out;
  found_.save(out);
  log_.take().save(out);
  conductor_.send(note_kind::result, out.take());

  is_finished_ = true;
  if (!load_.leaves_politely)
    return;
  swarm_.leave();
  const time_point deadline = clock::now() + leaving_max;
  while (!swarm_.has_left() && clock::now() < deadline)
    swarm_.turn(clock::now() + load_.tick_interval);
  swarm_.abandon_leaving();
}

} // namespace lintel::loadgen
