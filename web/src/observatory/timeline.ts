// The last five minutes, measured once a second: what the server kept before we came, then what it says.
import type { Metrics, MetricsHistory, MetricsSample } from "./views";

const points_max = 300;
const gap_ms_min = 3500; // two seconds without a measurement happen on a busy machine; more is an outage
const drift_ms_max = 2000;

/// `before`: the measurement a moment ago; null where there is none. `now` null: an outage, across which no line goes.
export interface Point {
  at_s: number; // seconds since 1970, of this browser's clock
  now: MetricsSample | null;
  before: MetricsSample | null;
}

/// What has changed between two measurements, per second; null across an outage or a restart of the server.
export function rate<Look extends { clock_ms: number }>(
  now: Look,
  before: Look | null,
  of: (look: Look) => number,
): number | null {
  if (before === null) return null;
  const passed_ms = now.clock_ms - before.clock_ms;
  const grown = of(now) - of(before);
  return passed_ms <= 0 || passed_ms > gap_ms_min || grown < 0 ? null : (grown * 1000) / passed_ms;
}

export function sample_of(m: Metrics): MetricsSample {
  const worst = (which: "p50_us" | "p99_us"): number | null => {
    const known = m.workers.flatMap(({ lag_now }) => (lag_now === undefined ? [] : [lag_now[which]]));
    return known.length === 0 ? null : Math.max(...known);
  };
  return {
    clock_ms: m.clock_ms,
    connections_open: m.connections_open,
    rooms: m.rooms,
    deliveries: m.counters.deliveries ?? 0,
    messages_in: m.counters.messages_in ?? 0,
    restarts: m.counters.restarts ?? 0,
    resident_bytes: m.resident_bytes,
    cpu_seconds: m.cpu_seconds,
    outbox_bytes: m.outbox_bytes,
    lag_p50_us: worst("p50_us"),
    lag_p99_us: worst("p99_us"),
  };
}

export class Timeline {
  points: Point[] = [];
  private past: MetricsSample[] = [];
  private offset_ms: number | null = null; // from the server's clock, which only runs, to that of this browser

  /// Taken over with the next measurement, which says what time it is there.
  take_history({ samples }: MetricsHistory): void {
    this.past = samples;
  }

  add(now: MetricsSample, here_ms: number): void {
    if (this.offset_ms === null || Math.abs(here_ms - now.clock_ms - this.offset_ms) > drift_ms_max)
      this.offset_ms = here_ms - now.clock_ms;
    if (this.past.length > 0) this.take_over(this.past.filter(({ clock_ms }) => clock_ms < now.clock_ms));
    this.past = [];
    this.push(now);
    this.points = this.points.slice(-points_max);
  }

  // What the server has kept replaces what this page has seen of the same time.
  private take_over(past: readonly MetricsSample[]): void {
    const [oldest] = past;
    if (oldest === undefined) return;
    const begin_s = this.time_of(oldest) - 0.5;
    this.points = this.points.filter(({ at_s }) => at_s < begin_s);
    past.forEach((sample) => this.push(sample));
  }

  private push(now: MetricsSample): void {
    const at_s = this.time_of(now);
    const last = this.points.at(-1);
    const is_next = last !== undefined && last.now !== null && (at_s - last.at_s) * 1000 <= gap_ms_min;
    if (last !== undefined && !is_next) this.points.push({ at_s: last.at_s + 0.001, now: null, before: null });
    const after_s = (this.points.at(-1)?.at_s ?? 0) + 0.001; // the axis only runs forwards
    this.points.push({ at_s: Math.max(at_s, after_s), now, before: is_next ? last.now : null });
  }

  private time_of({ clock_ms }: MetricsSample): number {
    return (clock_ms + (this.offset_ms ?? 0)) / 1000;
  }
}
