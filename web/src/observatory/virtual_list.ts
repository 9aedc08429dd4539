// A list of any length of which only the rows in sight are in the page.
import { h } from "../shared/dom";

const spare_rows = 6;

export class VirtualList<Row> {
  readonly element: HTMLElement;
  private readonly space = h("div", { class: "virtual-space", role: "presentation" });
  private rows: Row[] = [];
  private scheduled = false;
  private first = -1;
  private last = -1;

  constructor(
    private readonly row_px: number,
    label: string,
    private readonly draw: (row: Row, at: number) => HTMLElement,
  ) {
    this.element = h("div", { class: "virtual-list", tabindex: 0, role: "list", "aria-label": label }, this.space);
    this.element.addEventListener("scroll", () => this.schedule(), { passive: true });
    new ResizeObserver(() => this.schedule()).observe(this.element);
  }

  set(rows: Row[]): void {
    this.rows = rows;
    this.first = this.last = -1;
    this.space.style.height = `${rows.length * this.row_px}px`;
    this.update();
  }

  private schedule(): void {
    if (this.scheduled) return;
    this.scheduled = true;
    requestAnimationFrame(() => {
      this.scheduled = false;
      this.update();
    });
  }

  private update(): void {
    const top = this.element.scrollTop;
    const first = Math.max(0, Math.floor(top / this.row_px) - spare_rows);
    const last = Math.min(this.rows.length, Math.ceil((top + this.element.clientHeight) / this.row_px) + spare_rows);
    if (first === this.first && last === this.last) return;
    this.first = first;
    this.last = last;
    const focused = this.space.contains(document.activeElement)
      ? (document.activeElement as HTMLElement).dataset.key
      : undefined;
    this.space.replaceChildren(
      ...this.rows.slice(first, last).map((row, i) => {
        const made = this.draw(row, first + i);
        made.style.top = `${(first + i) * this.row_px}px`;
        made.style.height = `${this.row_px}px`;
        return made;
      }),
    );
    if (focused !== undefined)
      this.space.querySelector<HTMLElement>(`[data-key="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
  }
}
