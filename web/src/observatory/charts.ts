// Lag and load over the last five minutes.
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { h } from "../shared/dom";
import { bytes, micros, short_count } from "../shared/format";
import { colour, on_theme_change } from "../shared/theme";
import type { Feeds } from "./feeds";
import { type Point, rate, sample_of, Timeline } from "./timeline";
import type { MetricsSample } from "./views";

const window_s = 120; // the axis is at least so long: the first minutes do not race across it
const chart_height = 150;

interface Line {
  label: string;
  colour: string;
  of: (now: MetricsSample, before: MetricsSample | null) => number | null;
}
interface Chart {
  title: string;
  lines: Line[];
  text: (value: number) => string;
  is_log?: boolean;
  is_bytes?: boolean;
  least_max: number;
}

const at_least_one = (us: number | null): number | null => (us === null ? null : Math.max(1, us)); // its axis is log.
const per_second =
  (name: "deliveries" | "messages_in" | "restarts"): Line["of"] =>
  (now, before) =>
    rate(now, before, (sample) => sample[name]);

const charts: Chart[] = [
  {
    title: "Load",
    text: (v) => `${short_count(v)}/s`,
    least_max: 10,
    lines: [
      { label: "deliveries", colour: "series-1", of: per_second("deliveries") },
      { label: "messages in", colour: "series-2", of: per_second("messages_in") },
      { label: "restarts", colour: "series-3", of: per_second("restarts") },
    ],
  },
  {
    title: "Worker lag",
    text: micros,
    is_log: true,
    least_max: 10_000,
    lines: [
      { label: "p99", colour: "series-1", of: (now) => at_least_one(now.lag_p99_us) },
      { label: "p50", colour: "series-2", of: (now) => at_least_one(now.lag_p50_us) },
    ],
  },
  {
    title: "CPU",
    text: (v) => `${Math.round(v)} %`,
    least_max: 10,
    lines: [
      {
        label: "of one core",
        colour: "series-1",
        of: (now, before) => {
          const used = rate(now, before, (m) => m.cpu_seconds);
          return used === null ? null : used * 100;
        },
      },
    ],
  },
  {
    title: "Connections",
    text: short_count,
    least_max: 10,
    lines: [{ label: "open", colour: "series-1", of: (now) => now.connections_open }],
  },
  {
    title: "Memory per connection",
    text: bytes,
    is_bytes: true,
    least_max: 1024,
    lines: [
      {
        label: "resident / connections",
        colour: "series-1",
        of: (now) => (now.connections_open ? now.resident_bytes / now.connections_open : null),
      },
    ],
  },
  {
    title: "Waiting",
    text: bytes,
    is_bytes: true,
    least_max: 1024,
    lines: [{ label: "in outboxes", colour: "series-1", of: (now) => now.outbox_bytes }],
  },
];

/// One chart with its own legend, which shows the value under the cursor, or the newest.
class TimeSeries {
  readonly element: HTMLElement;
  private readonly place = h("div", { class: "plot" });
  private readonly values: HTMLElement[];
  private data: (number | null)[][];
  private plot: uPlot | null = null;

  constructor(private readonly chart: Chart) {
    this.data = [[], ...chart.lines.map(() => [])];
    this.values = chart.lines.map(() => h("b", {}, "–"));
    this.element = h(
      "figure",
      { class: "card chart" },
      h(
        "figcaption",
        {},
        h("h3", {}, chart.title),
        h(
          "div",
          { class: "keys" },
          ...chart.lines.map((line, i) =>
            h("span", { class: `key ${line.colour}` }, line.label, " ", this.values[i]),
          ),
        ),
      ),
      this.place,
    );
    new ResizeObserver(() => this.fit()).observe(this.place);
    on_theme_change(() => this.rebuild());
  }

  take(points: readonly Point[]): void {
    this.data = [
      points.map(({ at_s }) => at_s),
      ...this.chart.lines.map(({ of }) => points.map(({ now, before }) => (now === null ? null : of(now, before)))),
    ];
    this.plot?.setData(this.data as uPlot.AlignedData);
    if (this.plot?.cursor.idx === null || this.plot?.cursor.idx === undefined) this.show(null);
  }

  private show(at: number | null): void {
    this.chart.lines.forEach((_, i) => {
      const column = this.data[i + 1] ?? [];
      const value = column[at ?? column.length - 1];
      const shown = this.values[i];
      if (shown) shown.textContent = value === null || value === undefined ? "–" : this.chart.text(value);
    });
  }

  private fit(): void {
    const width = this.place.clientWidth;
    if (width === 0) return;
    if (this.plot === null) this.rebuild();
    else this.plot.setSize({ width, height: chart_height });
  }

  private rebuild(): void {
    this.plot?.destroy();
    this.plot = null;
    if (this.place.clientWidth > 0)
      this.plot = new uPlot(this.options(this.place.clientWidth), this.data as uPlot.AlignedData, this.place);
  }

  private options(width: number): uPlot.Options {
    const { chart } = this;
    const axis = {
      stroke: colour("muted"),
      font: "11px 'Inter Variable', sans-serif",
      ticks: { show: false },
      grid: { stroke: colour("grid"), width: 1 },
    };
    return {
      width,
      height: chart_height,
      legend: { show: false },
      padding: [8, 8, 0, 0],
      cursor: { y: false, points: { size: 6 }, drag: { x: false, y: false } },
      hooks: { setCursor: [(plot) => this.show(plot.cursor.idx ?? null)] },
      scales: {
        x: { range: (_, min, max) => [Math.min(min, max - window_s), max] },
        y: chart.is_log
          ? { distr: 3, range: (_, __, max) => [1, Math.max(max * 2, chart.least_max)] }
          : { range: (_, __, max) => [0, Math.max((max ?? 0) * 1.15, chart.least_max)] },
      },
      axes: [
        { ...axis, size: 26, space: 70, values: (_, at) => at.map(clock_text) },
        {
          ...axis,
          size: 58,
          space: 30,
          values: (_, at) => at.map((v) => (v === null ? "" : tick_text(chart, v))),
          ...(chart.is_log && { splits: () => decades_us }),
          ...(chart.is_bytes && { incrs: powers_of_two }),
        },
      ],
      series: [
        {},
        ...chart.lines.map((line, i) => ({
          label: line.label,
          stroke: colour(line.colour),
          width: 1.75,
          points: { show: false },
          ...(i === 0 && !chart.is_log && { fill: `${colour(line.colour)}1f` }),
        })),
      ],
    };
  }
}

const decades_us = [1, 10, 100, 1000, 10_000, 100_000, 1_000_000];
const powers_of_two = Array.from({ length: 40 }, (_, i) => 2 ** i);

// Ticks are round: no digits behind the point.
const tick_text = (chart: Chart, value: number): string => chart.text(value).replace(/\.0+(?=\D|$)/, "");

const clock_text = (at_s: number): string =>
  new Date(at_s * 1000).toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit" });

export function chart_grid(feeds: Feeds): HTMLElement {
  const all = charts.map((chart) => new TimeSeries(chart));
  const timeline = new Timeline();
  feeds.past.on((past) => timeline.take_history(past));
  feeds.metrics.on((now) => {
    timeline.add(sample_of(now), Date.now());
    all.forEach((chart) => chart.take(timeline.points));
  });
  return h("section", { class: "charts", "aria-label": "Lag and load" }, ...all.map(({ element }) => element));
}
