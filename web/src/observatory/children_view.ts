// Some of a group's children, or what a search has found. A group may have a million: this shows a sample of it, which
// stays the same until another one is asked for.
import { h, set_text } from "../shared/dom";
import { bytes, count, plural } from "../shared/format";
import { complain } from "../shared/toast";
import type { Feeds } from "./feeds";
import type { ConnectionRow, Found, RoomRow, Sample } from "./views";
import { VirtualList } from "./virtual_list";

const row_px = 34;
const sample_size = 200;
const refresh_ms = 2000;

type Row = { connection: ConnectionRow } | { room: RoomRow };
type Look = { group: string; seed: number } | { text: string };

export class ChildrenView {
  readonly element: HTMLElement;
  private readonly title = h("h3", { id: "children-title" }, "Connections and rooms");
  private readonly about = h("p", { class: "legend", role: "status" }, "\u00a0");
  private readonly again = h("button", { class: "quiet", type: "button", hidden: true }, "Another sample");
  private readonly list = new VirtualList<Row>(row_px, "Actors", (row) => this.draw(row));
  private look: Look | null = null;

  constructor(
    private readonly feeds: Feeds,
    private readonly choose: (id: string) => void,
  ) {
    const input = h("input", {
      type: "search",
      placeholder: "Find by id, user or room",
      "aria-label": "Find actors by id, user or room",
      autocomplete: "off",
      spellcheck: "false",
    });
    const form = h("form", { class: "search", role: "search" }, input);
    form.addEventListener("submit", (event) => event.preventDefault());
    input.addEventListener("input", () => this.search(input.value.trim()));
    this.again.addEventListener("click", () => {
      if (this.look !== null && "group" in this.look)
        this.show_group(this.look.group, Math.floor(Math.random() * 2 ** 31));
    });
    this.element = h(
      "div",
      { class: "children" },
      h("div", { class: "card-head" }, this.title, form),
      h("div", { class: "card-head" }, this.about, this.again),
      this.list.element,
    );
    setInterval(() => document.visibilityState === "visible" && this.refresh(), refresh_ms);
  }

  /// `at`: the slot that the sample begins with.
  show_group(group: string, at = 0): void {
    this.look = { group, seed: at };
    set_text(this.title, group);
    this.again.hidden = !group.startsWith("connections/");
    this.refresh();
  }

  private search(text: string): void {
    if (text === "") return;
    this.look = { text };
    set_text(this.title, "Found");
    this.again.hidden = true;
    this.refresh();
  }

  private refresh(): void {
    const look = this.look;
    if (look === null) return;
    const asked =
      "group" in look
        ? this.feeds
            .ask<Sample>("sample", { ...look, limit: sample_size })
            .then((sample) => this.show_sample(look, sample))
        : this.feeds
            .ask<Found>("search", { ...look, limit: sample_size })
            .then((found) => this.show_found(look, found));
    asked.catch(complain("Not found"));
  }

  private show_sample(look: Look, { connections = [], rooms = [] }: Sample): void {
    if (look !== this.look) return; // an answer that came too late
    set_text(
      this.about,
      rooms.length > 0
        ? `${plural(rooms.length, "room")}, the largest first`
        : connections.length === 0
          ? "No actors here"
          : `A sample of ${count(connections.length)}, live`,
    );
    this.list.set([...rooms.map((room) => ({ room })), ...connections.map((connection) => ({ connection }))]);
  }

  private show_found(look: Look, { connections, rooms, scanned, open }: Found): void {
    if (look !== this.look) return;
    const shown =
      connections.length >= sample_size ? `the first ${count(connections.length)}` : count(connections.length);
    set_text(
      this.about,
      `${plural(rooms.length, "room")}; ${shown} connections` +
        (scanned < open ? ` among ${count(scanned)} of ${count(open)} that were looked at` : ""),
    );
    this.list.set([...rooms.map((room) => ({ room })), ...connections.map((connection) => ({ connection }))]);
  }

  private draw(row: Row): HTMLElement {
    if ("room" in row) {
      const { id, members, incarnation, mailbox } = row.room;
      return this.line(id, [
        plural(members, "member"),
        `inc. ${count(incarnation)}`,
        mailbox > 0 ? `mailbox ${count(mailbox)}` : "",
      ]);
    }
    const { id, rooms, incarnation, status, outbox_bytes } = row.connection;
    return this.line(
      id,
      [
        rooms.slice(0, 2).join(", ") + (rooms.length > 2 ? ` +${rooms.length - 2}` : ""),
        outbox_bytes > 0 ? bytes(outbox_bytes) : "",
        `inc. ${count(incarnation)}`,
      ],
      status,
    );
  }

  private line(id: string, facts: string[], status = "up"): HTMLElement {
    return h(
      "div",
      { class: "line", role: "listitem" },
      h(
        "button",
        { type: "button", class: "line-name", title: status, "data-key": id, onclick: () => this.choose(id) },
        h("span", { class: `dot ${status === "up" ? "up" : "warn"}`, "aria-hidden": "true" }),
        h("span", { class: "id" }, id),
      ),
      ...facts.map((fact) => h("span", { class: "fact" }, fact)),
    );
  }
}
