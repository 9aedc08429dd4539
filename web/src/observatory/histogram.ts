// How long actors were away, as bars over a logarithmic axis.
import { h } from "../shared/dom";
import { count, nanos } from "../shared/format";
import { colour, on_theme_change } from "../shared/theme";
import type { Recovery } from "./views";

const bars_per_octave = 2;
const height_px = 120;
const axis_px = 18;
const label_px = 30;
const ticks_ns = [1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9];
const from_ns = 500;
const least_to_ns = 1e7;

const bar_of = (ns: number): number => Math.floor(Math.log2(Math.max(ns, from_ns) / from_ns) * bars_per_octave);

export class RecoveryHistogram {
  readonly element: HTMLElement;
  private readonly canvas = h("canvas", { role: "img", "aria-label": "Recovery times: nothing was killed yet" });
  private shown: Recovery | null = null;

  constructor() {
    this.element = h(
      "figure",
      { class: "histogram" },
      h("figcaption", {}, "Away for how long: from the order until the next incarnation is ready"),
      this.canvas,
    );
    new ResizeObserver(() => this.draw()).observe(this.canvas);
    on_theme_change(() => this.draw());
  }

  show(times: Recovery | null): void {
    this.shown = times;
    this.canvas.setAttribute(
      "aria-label",
      times === null || times.count === 0
        ? "Recovery times: nothing was killed yet"
        : `Recovery times of ${count(times.count)} restarts: half within ${nanos(times.p50_ns)}, 99 % within ` +
            `${nanos(times.p99_ns)}, the longest ${nanos(times.max_ns)}`,
    );
    this.draw();
  }

  private draw(): void {
    const pen = this.canvas.getContext("2d");
    const width = this.canvas.clientWidth;
    if (pen === null || width === 0) return;
    const scale = devicePixelRatio;
    this.canvas.width = Math.round(width * scale);
    this.canvas.height = Math.round(height_px * scale);
    pen.scale(scale, scale);
    const to_ns = Math.max(least_to_ns, (this.shown?.max_ns ?? 0) * 1.5);
    const bars = bar_of(to_ns) + 1;
    const x_of = (ns: number): number =>
      (Math.log2(Math.max(ns, from_ns) / from_ns) * bars_per_octave * width) / bars;
    this.draw_axis(pen, width, to_ns, x_of);
    this.draw_bars(pen, bars, width / bars);
    if (this.shown !== null && this.shown.count > 0) {
      const [half, most] = [x_of(this.shown.p50_ns), x_of(this.shown.p99_ns)];
      const is_narrow = most - half < label_px; // then they stand on either side
      this.draw_mark(pen, half, "p50", is_narrow ? "right" : "center");
      this.draw_mark(pen, most, "p99", is_narrow ? "left" : most > width - label_px ? "right" : "center");
    }
  }

  private draw_axis(pen: CanvasRenderingContext2D, width: number, to_ns: number, x_of: (ns: number) => number): void {
    pen.strokeStyle = colour("line");
    pen.fillStyle = colour("muted");
    pen.font = "11px 'Inter Variable', sans-serif";
    pen.textAlign = "center";
    pen.beginPath();
    pen.moveTo(0, height_px - axis_px + 0.5);
    pen.lineTo(width, height_px - axis_px + 0.5);
    pen.stroke();
    for (const tick of ticks_ns.filter((ns) => ns <= to_ns && ns >= from_ns)) {
      const x = x_of(tick);
      if (x < 14 || x > width - 18) continue;
      pen.fillRect(Math.round(x), height_px - axis_px, 1, 4);
      pen.fillText(tick < 1e6 ? `${tick / 1e3} µs` : tick < 1e9 ? `${tick / 1e6} ms` : "1 s", x, height_px - 3);
    }
  }

  private draw_bars(pen: CanvasRenderingContext2D, bars: number, bar_px: number): void {
    const heights = new Array<number>(bars).fill(0);
    for (const [below_ns, n] of this.shown?.buckets ?? []) {
      const at = Math.min(bar_of(below_ns * 0.98), bars - 1);
      heights[at] = (heights[at] ?? 0) + n;
    }
    const most = Math.max(1, ...heights);
    const room = height_px - axis_px - 18;
    pen.fillStyle = colour("alive");
    heights.forEach((n, at) => {
      if (n === 0) return;
      const tall = Math.max(2, (n / most) * room); // one in ten thousand is to be seen
      pen.beginPath();
      pen.roundRect(at * bar_px + 1, height_px - axis_px - tall, Math.max(1, bar_px - 2), tall, [2, 2, 0, 0]);
      pen.fill();
    });
  }

  private draw_mark(pen: CanvasRenderingContext2D, x: number, label: string, align: CanvasTextAlign): void {
    pen.strokeStyle = colour("ink");
    pen.setLineDash([2, 3]);
    pen.beginPath();
    pen.moveTo(Math.round(x) + 0.5, 14);
    pen.lineTo(Math.round(x) + 0.5, height_px - axis_px);
    pen.stroke();
    pen.setLineDash([]);
    pen.fillStyle = colour("ink");
    pen.textAlign = align;
    pen.fillText(label, align === "left" ? x + 2 : align === "right" ? x - 2 : x, 10);
  }
}
