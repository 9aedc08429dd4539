// What was said in a room, newest last. Entries are drawn once and updated in place; old ones leave the page.
import { h, set_class } from "../shared/dom";
import { clock } from "../shared/format";
import { hue_of } from "./identity";
import { type Entry, is_note, type Message, type Room } from "./room";

const drawn_max = 300;
const at_end_px = 60;

export class MessageList {
  readonly element = h("ol", { class: "messages", tabindex: 0, role: "log", "aria-label": "Messages" });
  private drawn = new Map<Entry, HTMLElement>();
  private room: Room | null = null;

  show(room: Room): void {
    if (this.room !== room) {
      this.room = room;
      this.drawn = new Map();
      this.element.replaceChildren();
    }
    const was_at_end = this.element.scrollHeight - this.element.scrollTop - this.element.clientHeight < at_end_px;
    const wanted = room.entries.slice(-drawn_max);
    for (const [entry, element] of this.drawn)
      if (entry !== wanted[0] && !wanted.includes(entry)) {
        element.remove();
        this.drawn.delete(entry);
      }
    wanted.forEach((entry, at) => {
      const known = this.drawn.get(entry);
      if (known === undefined) this.add(entry, wanted[at - 1]);
      else if (!is_note(entry)) this.update(known, entry);
    });
    if (was_at_end) this.element.scrollTop = this.element.scrollHeight;
  }

  private add(entry: Entry, before: Entry | undefined): void {
    const element = is_note(entry)
      ? h("li", { class: `note ${entry.kind}` }, entry.note)
      : this.message(entry, before);
    this.drawn.set(entry, element);
    this.element.append(element);
  }

  private message(entry: Message, before: Entry | undefined): HTMLElement {
    const continues =
      before !== undefined && !is_note(before) && before.name === entry.name && entry.at_ms - before.at_ms < 120_000;
    const name = h("b", {}, entry.name);
    name.style.setProperty("--hue", String(hue_of(entry.name)));
    const element = h(
      "li",
      { class: `message${entry.is_own ? " own" : ""}${continues ? " continues" : ""}` },
      h("p", { class: "by" }, name, h("time", {}, clock(entry.at_ms))),
      h("p", { class: "body" }, entry.body),
      h("p", { class: "fate" }),
    );
    this.update(element, entry);
    return element;
  }

  private update(element: HTMLElement, entry: Message): void {
    set_class(element, "waiting", entry.state === "waiting");
    set_class(element, "failed", entry.state === "failed");
    const fate = element.querySelector(".fate");
    if (fate === null) return;
    if (entry.state !== "failed") fate.replaceChildren();
    else if (fate.childElementCount === 0)
      fate.append(
        `Not sent (${entry.why ?? "refused"}) `,
        h("button", { type: "button", class: "link", onclick: () => this.room?.send_again(entry) }, "Send again"),
      );
  }
}
