// The field: every cell is one connection, or a few where there are more than fit. A cell whose actor is restarted
// lights up. Events name the newest hundred of a quarter second; the others light cells chosen at random, and the page
// says so.
import { h, set_text } from "../shared/dom";
import { count } from "../shared/format";
import { colour, on_theme_change, wants_less_motion } from "../shared/theme";
import type { Feeds } from "./feeds";
import { type ActorEvent, type EventBatch, groups_of, type TreeNode } from "./views";

const step_px_min = 6; // of a cell and the gap beside it
const step_px_max = 26;
const flash_ms = 2200;
const first_height = 160;

type Rgb = [number, number, number];
const rgb = (text: string): Rgb => {
  const n = parseInt(text.slice(1), 16);
  return [(n >> 16) & 255, (n >> 8) & 255, n & 255];
};
const mixed = (a: Rgb, b: Rgb, share: number): string =>
  `rgb(${a.map((v, i) => Math.round(v + ((b[i] ?? v) - v) * share)).join(" ")})`;

export class ActorField {
  readonly element: HTMLElement;
  private readonly canvas = h("canvas", { role: "img" });
  private readonly legend = h("p", { class: "legend" }, "\u00a0");
  private readonly pen: CanvasRenderingContext2D;
  private groups: { worker: number; count: number }[] = [];
  private total = 0;
  private step_px = step_px_max;
  private gap_px = 2;
  private columns = 0;
  private rows = 0;
  private readonly lit = new Map<number, number>(); // cell → when it was lit
  private frame = 0;
  private palette = { rest: [0, 0, 0] as Rgb, kill: [0, 0, 0] as Rgb, alive: [0, 0, 0] as Rgb };

  constructor(
    feeds: Feeds,
    private readonly choose: (group: string, slot: number) => void,
  ) {
    const pen = this.canvas.getContext("2d");
    if (pen === null) throw new Error("no canvas in this browser");
    this.pen = pen;
    this.element = h(
      "section",
      { class: "card field", "aria-labelledby": "field-title" },
      h("div", { class: "card-head" }, h("h2", { id: "field-title" }, "Connections, live"), this.legend),
      this.canvas,
      h(
        "p",
        { class: "hint" },
        "A cell lights up when its actor restarts. Of more than 100 in a quarter second only the newest 100 are " +
          "named: the others light cells at random.",
      ),
    );
    this.canvas.addEventListener("click", (event) => this.clicked(event));
    new ResizeObserver(() => this.resize()).observe(this.canvas);
    on_theme_change(() => this.repaint());
    feeds.tree.on((tree) => this.take_tree(tree));
    feeds.events.on((batch) => this.take_events(batch));
    this.read_palette();
  }

  private get cells(): number {
    return Math.min(this.total, this.columns * this.rows);
  }

  private take_tree(tree: TreeNode): void {
    const before = new Map(this.groups.map((group) => [group.worker, group.count]));
    this.groups = groups_of(tree, "connections").map((group) => {
      const worker = Number(group.id.split("/")[1]);
      return { worker, count: group.count ?? before.get(worker) ?? 0 }; // null: its worker is silent, not empty
    });
    const total = this.groups.reduce((sum, group) => sum + group.count, 0);
    if (total === this.total) return;
    this.total = total;
    this.fit(this.canvas.clientWidth, this.canvas.clientHeight || first_height);
    this.repaint();
  }

  private describe(): void {
    const each = this.cells === 0 ? 0 : this.total / this.cells;
    set_text(
      this.legend,
      this.total === 0
        ? "nobody is connected"
        : each <= 1.001
          ? `${count(this.total)}, a cell for each`
          : `${count(this.total)}, a cell for about ${count(each)}`,
    );
    this.canvas.setAttribute("aria-label", `${count(this.total)} connections; cells light up when actors restart`);
  }

  private take_events(batch: EventBatch): void {
    const restarts = batch.events.filter((event) => event.event === "restart");
    for (const event of restarts) this.light(this.cell_of(event));
    const unnamed = batch.restarted - restarts.length;
    const shown = Math.min(unnamed, this.cells);
    for (let i = 0; i < shown; ++i) this.light(Math.floor(Math.random() * this.cells));
    this.animate();
  }

  // Slots are used from the lowest, so position and slot are about the same.
  private cell_of({ id }: ActorEvent): number | null {
    const match = /^c(\d+)-(\d+)-/.exec(id);
    if (match === null || this.total === 0) return null;
    let offset = 0;
    for (const group of this.groups) {
      if (group.worker === Number(match[1]))
        return Math.floor(((offset + Math.min(Number(match[2]), group.count - 1)) * this.cells) / this.total);
      offset += group.count;
    }
    return null;
  }

  private light(cell: number | null): void {
    if (cell !== null && cell >= 0 && cell < this.cells) this.lit.set(cell, performance.now());
  }

  private resize(): void {
    const width = this.canvas.clientWidth;
    const height = this.canvas.clientHeight || first_height;
    const scale = devicePixelRatio;
    this.canvas.width = Math.round(width * scale);
    this.canvas.height = Math.round(height * scale);
    this.fit(width, height);
    this.repaint();
  }

  // As large as they can be and still all be seen.
  private fit(width: number, height: number): void {
    this.step_px = Math.min(
      step_px_max,
      Math.max(step_px_min, Math.floor(Math.sqrt((width * height) / Math.max(1, this.total)))),
    );
    while (
      this.step_px > step_px_min &&
      Math.floor(width / this.step_px) * Math.floor(height / this.step_px) < this.total
    )
      --this.step_px;
    this.gap_px = this.step_px > 14 ? 3 : this.step_px > 7 ? 2 : 1;
    this.columns = Math.max(1, Math.floor((width + this.gap_px) / this.step_px));
    this.rows = Math.max(1, Math.floor((height + this.gap_px) / this.step_px));
  }

  private read_palette(): void {
    this.palette = { rest: rgb(colour("cell")), kill: rgb(colour("kill")), alive: rgb(colour("alive")) };
  }

  private repaint(): void {
    this.read_palette();
    this.pen.clearRect(0, 0, this.canvas.width, this.canvas.height);
    for (let cell = 0; cell < this.cells; ++cell) this.paint(cell, mixed(this.palette.rest, this.palette.rest, 0));
    this.describe();
    this.animate();
  }

  private paint(cell: number, fill: string): void {
    const scale = devicePixelRatio;
    const x = (cell % this.columns) * this.step_px;
    const y = Math.floor(cell / this.columns) * this.step_px;
    const side = Math.round((this.step_px - this.gap_px) * scale);
    this.pen.fillStyle = fill;
    this.pen.fillRect(Math.round(x * scale), Math.round(y * scale), side, side);
  }

  private animate(): void {
    if (this.frame === 0 && this.lit.size > 0) this.frame = requestAnimationFrame(() => this.step());
  }

  // Red for the kill, then green for the successor, then at rest. Only cells that are lit are painted.
  private step(): void {
    this.frame = 0;
    const now = performance.now();
    for (const [cell, since] of this.lit) {
      const age = (now - since) / flash_ms;
      if (age >= 1 || cell >= this.cells) {
        this.lit.delete(cell);
        if (cell < this.cells) this.paint(cell, mixed(this.palette.rest, this.palette.rest, 0));
      } else if (wants_less_motion()) this.paint(cell, mixed(this.palette.alive, this.palette.alive, 0));
      else if (age < 0.2) this.paint(cell, mixed(this.palette.kill, this.palette.alive, age / 0.2));
      else this.paint(cell, mixed(this.palette.alive, this.palette.rest, (age - 0.2) / 0.8));
    }
    this.animate();
  }

  private clicked(event: MouseEvent): void {
    const column = Math.min(this.columns - 1, Math.floor(event.offsetX / this.step_px));
    const cell = Math.floor(event.offsetY / this.step_px) * this.columns + column;
    if (cell >= this.cells) return;
    let position = Math.floor((cell * this.total) / this.cells);
    for (const group of this.groups) {
      if (position < group.count) {
        this.choose(`connections/${group.worker}`, position);
        return;
      }
      position -= group.count;
    }
  }
}
