#include "loadgen/traffic.hpp"

namespace lintel::loadgen {

namespace {

push_outcome outcome_of(reply_status status) noexcept {
  return status == reply_status::ok ? push_outcome::ok : push_outcome::error;
}

} // namespace

traffic::traffic(const traffic_plan& plan, const share& part, swarm& connections,
                 client_context& context)
    : plan_(plan), part_(part), swarm_(connections), context_(context),
      ledger_(connections.member_count()), random_(plan.seed + part.thread) {}

void traffic::begin(time_point at) {
  if (plan_.how == traffic_plan::loop::silent)
    return;
  is_running_ = true;
  if (plan_.how == traffic_plan::loop::open) {
    // Each thread takes every thread_count-th moment: together they keep the spacing of one
    // schedule.
    const double rate = plan_.rate / part_.thread_count;
    const auto offset = std::chrono::duration<double>(part_.thread / plan_.rate);
    schedule_.emplace(arrival_schedule::shape{plan_.spacing, rate, plan_.seed + part_.thread},
                      at + std::chrono::duration_cast<nanoseconds>(offset));
    return;
  }
  for (std::uint32_t member = 0; member < swarm_.member_count(); ++member)
    if (part_.first_number + member < plan_.sender_count)
      for (std::uint32_t i = 0; i < plan_.outstanding; ++i)
        send(member, clock::now());
}

time_point traffic::send_due(time_point now) {
  if (!is_running_ || !schedule_ || swarm_.member_count() == 0)
    return time_point::max();
  for (; schedule_->next() <= now; schedule_->advance()) {
    const auto member = static_cast<std::uint32_t>(random_() % swarm_.member_count());
    if (lateness_ != nullptr)
      lateness_->record(clock::now() - schedule_->next());
    send(member, schedule_->next());
  }
  return schedule_->next();
}

void traffic::send(std::uint32_t member, time_point intended) {
  const std::uint32_t sequence = ledger_.pushed(member);
  ++sent_count_;
  payload_.clear();
  append_payload(payload_, {part_.first_number + member, sequence, intended}, plan_.payload_bytes);
  swarm_.member(member).push({0, sequence, intended}, plan_.event, payload_, context_);
}

void traffic::delivered_to_sender(std::uint32_t member) {
  if (plan_.completes_on == traffic_plan::completion::delivery)
    complete(member);
}

void traffic::answered(std::uint32_t member, const pending_push& push, reply_status status) {
  ledger_.answered(member, push.sequence, outcome_of(status));
  // A refused message is delivered to nobody: its answer is all that will come.
  if (plan_.completes_on == traffic_plan::completion::reply || status != reply_status::ok)
    complete(member);
}

void traffic::complete(std::uint32_t member) {
  if (is_running_ && plan_.how == traffic_plan::loop::closed)
    send(member, clock::now());
}

} // namespace lintel::loadgen
