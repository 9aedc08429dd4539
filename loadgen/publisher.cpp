#include "loadgen/publisher.hpp"

#include "loadgen/cannot_run.hpp"
#include "loadgen/upgrade.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <random>
#include <utility>

namespace lintel::loadgen {

namespace {

using namespace std::chrono_literals;

constexpr std::uint32_t handshakes_max = 256;
constexpr nanoseconds turn_length = 5ms;
constexpr nanoseconds hopeless = 10s; // phoenix.js waits so long for an answer
constexpr std::size_t filler_bytes = 64 * 1024;

// Refs: a channel's join has its number + 1, pushes begin behind them.
constexpr std::uint32_t push_ref_first = room_share::rooms_per_connection_max + 1;

// Text that no compression makes much shorter: a log that compresses would be measured too well.
std::string noise(std::uint64_t seed) {
  constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  std::mt19937_64 random{seed};
  std::string text(filler_bytes, ' ');
  for (char& each : text)
    each = alphabet[random() % alphabet.size()];
  return text;
}

} // namespace

void publish_faults::note(std::uint64_t publish_faults::*count, std::string example) {
  ++(this->*count);
  if (first_example.empty())
    first_example = std::move(example);
}

publisher::publisher(const publish_plan& plan, const endpoint& target, const source_addresses& sources,
                     offset_ledger& ledger)
    : plan_(plan), share_(plan.rooms, plan.connections),
      ledger_(ledger), context_{.target = target,
                                .sources = sources,
                                .observer = *this,
                                .request = upgrade_request(target.name),
                                .input = std::vector<char>(phoenix_context::input_bytes)},
      crowd_(plan.connections, context_), connections_(plan.connections), filler_(noise(plan.seed)) {
  for (std::uint32_t room = 0; room < plan.rooms; ++room)
    topics_.push_back(fmt::format("{}{}", plan.topic_prefix, room));
  for (std::uint32_t i = 0; i < plan.connections; ++i) {
    connections_[i].channels.resize(share_.count_of(i));
    connections_[i].next_ref = push_ref_first;
  }
}

void publisher::join() {
  crowd_.come(handshakes_max);
  std::uint64_t last = 0;
  for (auto moved = clock::now(); joined_count_ < share_.channels();) {
    crowd_.turn(turn_length);
    if (!faults_.first_example.empty())
      throw cannot_run{fmt::format("publishers cannot join: {}", faults_.first_example)};
    if (std::exchange(last, joined_count_) != joined_count_)
      moved = clock::now();
    else if (clock::now() - moved > hopeless)
      throw cannot_run{fmt::format("{} of {} joins were answered", joined_count_, share_.channels())};
  }
}

void publisher::begin() {
  is_running_ = true;
  unsent_channels_ = share_.channels();
  for (std::uint32_t i = 0; i < plan_.connections; ++i)
    for (std::uint32_t n = 0; n < plan_.outstanding; ++n)
      push(i);
}

bool publisher::finish() {
  std::uint64_t last = answered_count_;
  for (auto moved = clock::now(); !is_done();) {
    crowd_.turn(turn_length);
    if (std::exchange(last, answered_count_) != answered_count_)
      moved = clock::now();
    else if (clock::now() - moved > hopeless) {
      for (connection_state& each : connections_)
        give_up(each);
      return false;
    }
  }
  return true;
}

void publisher::opened(std::uint32_t socket) {
  for (std::uint32_t channel = 0; channel < connections_[socket].channels.size(); ++channel)
    crowd_.send(socket, {.join_ref = channel + 1,
                         .ref = channel + 1,
                         .topic = topics_[share_.room_of(socket, channel)],
                         .event = "phx_join",
                         .payload = R"({"recover":true})"});
}

void publisher::heard(std::uint32_t socket, const envelope& message) {
  if (message.event == plan_.event)
    return delivered(socket, message);
  const std::uint32_t ref = message.ref ? number_of(*message.ref).value_or(0) : 0;
  if (message.event != "phx_reply" || ref == 0)
    return faults_.note(&publish_faults::unexpected, fmt::format("{} {:.100}", message.event, message.payload));
  if (ref < push_ref_first)
    return joined(socket, ref - 1, message);
  answered(socket, ref, message);
}

void publisher::joined(std::uint32_t socket, std::uint32_t channel, const envelope& message) {
  const auto stream = read_stream(message.payload);
  if (channel >= connections_[socket].channels.size() || status_of(message.payload) != reply_status::ok)
    return faults_.note(&publish_faults::refused, fmt::format("{}: {:.100}", message.topic, message.payload));
  if (!stream)
    return faults_.note(&publish_faults::without_offset,
                        fmt::format("{} keeps no messages: {:.100}", message.topic, message.payload));
  connections_[socket].channels[channel].heard = stream->offset;
  ledger_.begin(share_.room_of(socket, channel), stream->offset);
  ++joined_count_;
}

void publisher::delivered(std::uint32_t socket, const envelope& message) {
  if (figures_ != nullptr)
    ++figures_->deliveries;
  auto& channels = connections_[socket].channels;
  const std::uint64_t offset = message.ref ? offset_of_ref(*message.ref).value_or(0) : 0;
  for (std::uint32_t channel = 0; channel < channels.size(); ++channel)
    if (topics_[share_.room_of(socket, channel)] == message.topic) {
      if (offset != std::exchange(channels[channel].heard, offset) + 1)
        faults_.note(&publish_faults::out_of_order,
                     fmt::format("{}: heard {}, and not the next one", message.topic, message.ref.value_or("no ref")));
      return;
    }
  faults_.note(&publish_faults::unexpected, fmt::format("a message of {}", message.topic));
}

void publisher::answered(std::uint32_t socket, std::uint32_t ref, const envelope& message) {
  connection_state& from = connections_[socket];
  const auto found =
      std::find_if(from.pushes.begin(), from.pushes.end(), [ref](const auto& p) { return p.ref == ref; });
  if (found == from.pushes.end())
    return faults_.note(&publish_faults::unexpected, fmt::format("an answer to nothing: {:.100}", message.payload));
  const pending push_answered = *found;
  from.pushes.erase(found);
  --pending_count_;
  ++answered_count_;
  const auto offset = offset_of_answer(message.payload);
  if (status_of(message.payload) != reply_status::ok)
    faults_.note(&publish_faults::refused, fmt::format("{}: {:.100}", message.topic, message.payload));
  else if (!offset)
    faults_.note(&publish_faults::without_offset, fmt::format("{}: {:.100}", message.topic, message.payload));
  else if (is_duplicate(message.payload))
    faults_.note(&publish_faults::duplicates, fmt::format("{}: {:.100}", message.topic, message.payload));
  else
    ledger_.acknowledge(share_.room_of(socket, push_answered.channel), *offset, {socket, push_answered.sequence});
  if (figures_ != nullptr) {
    ++figures_->acknowledged;
    figures_->latency.record(clock::now() - push_answered.pushed);
  }
  if (is_running_)
    push(socket);
}

std::optional<std::uint32_t> publisher::next_channel(connection_state& from) noexcept {
  const auto count = static_cast<std::uint32_t>(from.channels.size());
  for (std::uint32_t i = 0; i < count; ++i) {
    const std::uint32_t channel = from.next_channel;
    from.next_channel = (channel + 1) % count;
    if (!plan_.messages_per_channel || from.channels[channel].pushed_count < *plan_.messages_per_channel)
      return channel;
  }
  return std::nullopt;
}

void publisher::push(std::uint32_t socket) {
  connection_state& from = connections_[socket];
  const auto channel = next_channel(from);
  if (!channel)
    return;
  if (++from.channels[*channel].pushed_count == plan_.messages_per_channel)
    --unsent_channels_;
  const pending pushed{from.next_ref++, *channel, from.next_sequence++, clock::now()};
  write_payload({socket, pushed.sequence, pushed.pushed});
  from.pushes.push_back(pushed);
  ++pending_count_;
  ++pushed_count_;
  crowd_.send(socket, {.join_ref = *channel + 1,
                       .ref = pushed.ref,
                       .topic = topics_[share_.room_of(socket, *channel)],
                       .event = plan_.event,
                       .payload = payload_});
}

void publisher::write_payload(const message_stamp& stamp) {
  payload_.clear();
  const auto to = std::back_inserter(payload_);
  fmt::format_to(to, R"({{"s":{},"n":{},"t":{},)", stamp.sender, stamp.sequence, to_ns(stamp.intended));
  if (!plan_.key_prefix.empty())
    fmt::format_to(to, R"("idem":"{}-{}-{}",)", plan_.key_prefix, stamp.sender, stamp.sequence);
  payload_.append(R"("p":")");
  constexpr std::size_t tail_bytes = 2;
  for (std::size_t used = payload_.size() + tail_bytes; used < plan_.payload_bytes;
       used = payload_.size() + tail_bytes) {
    const std::size_t from = pushed_count_ * 61 % filler_bytes;
    payload_.append(filler_, from, plan_.payload_bytes - used);
  }
  payload_.append("\"}");
}

void publisher::lost(std::uint32_t socket, std::string_view why) {
  faults_.note(&publish_faults::lost_sockets, fmt::format("publisher {}: {}", socket, why));
  give_up(connections_[socket]);
}

void publisher::give_up(connection_state& from) {
  const auto socket = static_cast<std::uint32_t>(&from - connections_.data());
  for (const pending& each : from.pushes)
    ledger_.leave_unanswered(share_.room_of(socket, each.channel));
  unanswered_count_ += from.pushes.size();
  pending_count_ -= from.pushes.size();
  from.pushes.clear();
}

} // namespace lintel::loadgen
