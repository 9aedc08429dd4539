#include "loadgen/kill_plan.hpp"

#include "base/ensure.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <random>

namespace lintel::loadgen {

namespace {

using random = std::mt19937_64;

/// `count` targets out of 0 .. target_count - 1, in rounds that hit each once. The two halves of a
/// round are shuffled apart, which keeps two hits of one actor at least half a round from each
/// other.
std::vector<std::uint32_t> rounds(std::uint32_t target_count, std::uint64_t count, random& engine) {
  std::vector<std::uint32_t> round(target_count);
  std::iota(round.begin(), round.end(), 0u);
  std::shuffle(round.begin(), round.end(), engine);
  const auto middle = round.begin() + target_count / 2;
  std::vector<std::uint32_t> targets;
  while (targets.size() < count) {
    const auto take = std::min<std::uint64_t>(target_count, count - targets.size());
    targets.insert(targets.end(), round.begin(), round.begin() + static_cast<std::ptrdiff_t>(take));
    std::shuffle(round.begin(), middle, engine);
    std::shuffle(middle, round.end(), engine);
  }
  return targets;
}

/// Which of an actor's faults are crashes: spread evenly over them, from a random start, so that no actor meets more
/// crashes in a row than the share entitles it to. Chance would give some of them a burst past their restart budget.
class crash_shares {
public:
  crash_shares(std::uint32_t actors, double share, random& engine) : share_(share), sums_(actors) {
    std::uniform_real_distribution<double> start{0, 1};
    for (auto& sum : sums_)
      sum = start(engine);
  }

  fault next(std::uint32_t actor) {
    const double before = sums_[actor];
    sums_[actor] += share_;
    return std::floor(sums_[actor]) > std::floor(before) ? fault::crash : fault::kill;
  }

private:
  double share_;
  std::vector<double> sums_;
};

} // namespace

kill_plan::kill_plan(const shape& wanted) : rate_(wanted.rate) {
  base::ensure(wanted.rate > 0, "a kill plan has a rate");
  random engine{wanted.seed};
  const std::uint64_t connection_kills =
      wanted.kills_per_actor > 0 ? std::uint64_t{wanted.connections} * wanted.kills_per_actor
                                 : wanted.connection_kills;
  std::vector<std::uint32_t> connections;
  if (wanted.connections > 0)
    connections = rounds(wanted.connections, connection_kills, engine);
  std::vector<std::uint32_t> rooms;
  if (wanted.rooms > 0)
    rooms = rounds(wanted.rooms, wanted.room_kills, engine);

  // Rooms are spread evenly among the connections: each takes the next place its share entitles it
  // to.
  const std::size_t total = connections.size() + rooms.size();
  crash_shares shares{wanted.connections, std::clamp(wanted.crash_share, 0.0, 1.0), engine};
  std::size_t next_room = 0;
  for (std::size_t i = 0; i < total; ++i) {
    const bool is_room = next_room < rooms.size() && next_room * total <= i * rooms.size();
    const bool has_connection = i - next_room < connections.size();
    if (is_room || !has_connection) {
      orders_.push_back({kill_order::actor::room, rooms[next_room++], fault::kill});
    } else {
      const auto target = connections[i - next_room];
      orders_.push_back({kill_order::actor::connection, target, shares.next(target)});
    }
  }
}

std::span<const kill_order> kill_plan::due(nanoseconds elapsed) {
  const double should = std::max(0.0, seconds(elapsed)) * rate_ + 1;
  const auto until = should >= static_cast<double>(orders_.size())
                         ? orders_.size()
                         : static_cast<std::size_t>(should);
  if (until <= handed_out_)
    return {};
  const std::size_t count = std::min(until - handed_out_, orders_per_turn);
  const std::span<const kill_order> found{orders_.data() + handed_out_, count};
  handed_out_ += count;
  return found;
}

} // namespace lintel::loadgen
