// The last messages of a connection, newest first. Who reads them keeps the place: only new rows are added.
import { h } from "../shared/dom";
import { bytes, clock } from "../shared/format";
import { KeyedList, type View } from "../shared/keyed_list";
import type { Frame } from "./views";

const rows_max = 200;

interface Noted {
  serial: number;
  frame: Frame;
}

export class Trace {
  readonly element: HTMLElement;
  private readonly hint = h(
    "p",
    { class: "hint" },
    "Its messages appear here while you watch; never their payloads.",
  );
  private readonly list = new KeyedList<Noted>(h("tbody", {}), ({ serial }) => String(serial), trace_row);
  private noted: Noted[] = []; // newest first
  private last: string[] = []; // what the server said last, oldest first
  private serials = 0;

  constructor() {
    this.element = h(
      "div",
      { class: "trace", tabindex: 0, role: "region", "aria-label": "Its last messages, never their payloads" },
      this.hint,
      h("table", {}, this.list.element),
    );
  }

  /// The server's last messages of it, oldest first; most of them are known.
  show(frames: readonly Frame[]): void {
    const now = frames.map((frame) => JSON.stringify(frame));
    const known = overlap(this.last, now);
    this.last = now;
    const fresh = frames.slice(known).map((frame) => ({ serial: ++this.serials, frame }));
    if (fresh.length === 0) return;
    this.noted = [...fresh.reverse(), ...this.noted].slice(0, rows_max);
    this.hint.hidden = true;
    this.keep_place(() => this.list.show(this.noted));
  }

  // Who has scrolled down goes on reading the same row.
  private keep_place(change: () => void): void {
    const top = this.element.scrollTop;
    const newest = this.list.element.firstElementChild as HTMLElement | null;
    const before = newest?.offsetTop ?? 0;
    change();
    if (top > 0 && newest !== null) this.element.scrollTop = top + newest.offsetTop - before;
  }
}

/// How many of `now`'s first are `before`'s last.
export function overlap(before: readonly string[], now: readonly string[]): number {
  for (let n = Math.min(before.length, now.length); n > 0; --n)
    if (before.slice(-n).every((text, i) => text === now[i])) return n;
  return 0;
}

function trace_row({ frame }: Noted): View<Noted> {
  const element = h(
    "tr",
    { class: frame.way },
    h("td", {}, clock(frame.at_ms)),
    h("td", { class: "way", "aria-label": frame.way }, frame.way === "in" ? "→" : "←"),
    h("td", { class: "id" }, frame.event || "–"),
    h("td", { class: "id topic", title: frame.topic }, frame.topic),
    h("td", { class: "num" }, bytes(frame.bytes)),
  );
  return { element, show: () => undefined }; // what was said was said
}
