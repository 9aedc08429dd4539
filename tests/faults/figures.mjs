// Numbers out of many numbers.

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/// Nearest rank; NaN of nothing.
export function percentile(values, percent) {
  if (values.length === 0) return NaN;
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)];
}

export const sum = (values) => values.reduce((total, value) => total + value, 0);

/// What a server's `recovery` says happened between two looks: {count, p50_us, p99_us, max_us}. Buckets are 6 % wide
/// and their upper ends are taken, so no figure is better than the truth.
export function restarts_between(before, after) {
  const earlier = new Map(before.buckets);
  const moved = after.buckets.map(([below, count]) => [below, count - (earlier.get(below) ?? 0)])
    .filter(([, count]) => count > 0);
  const count = sum(moved.map(([, each]) => each));
  const at = (percent) => {
    let seen = 0;
    for (const [below, each] of moved) {
      seen += each;
      if (seen * 100 >= count * percent) return below / 1000;
    }
    return NaN;
  };
  return { count, p50_us: at(50), p99_us: at(99), max_us: at(100) };
}

/// 0 … count - 1 in random order, the same for the same seed (mulberry32, Fisher-Yates).
export function shuffled(count, seed) {
  const order = Array.from({ length: count }, (_, index) => index);
  let state = seed >>> 0;
  const random = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  for (let last = count - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1));
    [order[last], order[other]] = [order[other], order[last]];
  }
  return order;
}
