// A list of any length of which only the rows in sight are in the page. A row that stays is the same element with other
// texts, and while something is pressed in the list nothing moves.
import { h } from "../shared/dom";
import { KeyedList, type View } from "../shared/keyed_list";

const spare_rows = 6;

interface Placed<Row> {
  row: Row;
  at: number;
}

export class VirtualList<Row> {
  readonly element: HTMLElement;
  private readonly list: KeyedList<Placed<Row>>;
  private rows: readonly Row[] = [];
  private is_scheduled = false;
  private is_pressed = false;

  constructor(
    private readonly row_px: number,
    label: string,
    key_of: (row: Row) => string,
    make: (row: Row) => View<Row>,
  ) {
    const space = h("div", { class: "virtual-space", role: "presentation" });
    this.list = new KeyedList<Placed<Row>>(
      space,
      ({ row }) => key_of(row),
      ({ row }) => this.place(make(row)),
    );
    this.element = h("div", { class: "virtual-list", tabindex: 0, role: "list", "aria-label": label }, space);
    this.element.addEventListener("scroll", () => this.schedule(), { passive: true });
    this.element.addEventListener("pointerdown", () => (this.is_pressed = true));
    for (const end of ["pointerup", "pointercancel"])
      addEventListener(end, () => {
        if (!this.is_pressed) return;
        setTimeout(() => {
          this.is_pressed = false; // behind the click
          this.update();
        });
      });
    new ResizeObserver(() => this.schedule()).observe(this.element);
  }

  set(rows: readonly Row[]): void {
    this.rows = rows;
    this.update();
  }

  to_top(): void {
    this.element.scrollTop = 0;
  }

  private place(view: View<Row>): View<Placed<Row>> {
    view.element.style.height = `${this.row_px}px`;
    return {
      element: view.element,
      show: ({ row, at }) => {
        view.element.style.top = `${at * this.row_px}px`;
        view.show(row);
      },
    };
  }

  private schedule(): void {
    if (this.is_scheduled) return;
    this.is_scheduled = true;
    requestAnimationFrame(() => {
      this.is_scheduled = false;
      this.update();
    });
  }

  private update(): void {
    if (this.is_pressed) return;
    this.list.element.style.height = `${this.rows.length * this.row_px}px`;
    const top = this.element.scrollTop;
    const first = Math.max(0, Math.floor(top / this.row_px) - spare_rows);
    const last = Math.ceil((top + this.element.clientHeight) / this.row_px) + spare_rows;
    this.list.show(this.rows.slice(first, last).map((row, i) => ({ row, at: first + i })));
  }
}
