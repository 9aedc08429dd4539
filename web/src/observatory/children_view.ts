// Some of a group's children, or what a search has found. A group may have a million: this shows a sample of it, which
// stays the same until another one is asked for.
import { h, set_text } from "../shared/dom";
import { bytes, count, plural } from "../shared/format";
import { KeyedList, type View } from "../shared/keyed_list";
import type { Feeds } from "./feeds";
import { is_system_topic, silent_workers, status_class } from "./status";
import type { ConnectionRow, Found, RoomRow, Sample } from "./views";
import { VirtualList } from "./virtual_list";

const row_px = 34;
const sample_size = 200;
const refresh_ms = 2000;
const typing_ms = 200; // who types on is not asked about yet

interface Line {
  id: string;
  status: string;
  facts: string[];
}
type Group = { group: string; seed: number };
type Look = Group | { text: string };

export class ChildrenView {
  readonly element: HTMLElement;
  private readonly title = h("h3", { id: "children-title" }, "Connections and rooms");
  private readonly about = h("p", { class: "legend", role: "status" }, "\u00a0");
  private readonly again = h("button", { class: "quiet", type: "button", hidden: true }, "Another sample");
  private readonly list: VirtualList<Line>;
  private look: Look | null = null;
  private last_group: Group = { group: "connections/0", seed: 0 };
  private typing = 0;

  constructor(
    private readonly feeds: Feeds,
    choose: (id: string) => void,
  ) {
    this.list = new VirtualList<Line>(
      row_px,
      "Actors",
      ({ id }) => id,
      ({ id }) => line_view(id, choose),
    );
    this.element = h(
      "div",
      { class: "children" },
      h("div", { class: "card-head" }, this.title, this.search_form()),
      h("div", { class: "card-head" }, this.about, this.again),
      this.list.element,
    );
    this.again.addEventListener("click", () => {
      if (this.look !== null && "group" in this.look)
        this.show_group(this.look.group, Math.floor(Math.random() * 2 ** 31));
    });
    setInterval(() => document.visibilityState === "visible" && this.refresh(), refresh_ms);
    feeds.server.on_state((state) => state === "live" && this.refresh());
  }

  /// `at`: the slot that the sample begins with.
  show_group(group: string, at = 0): void {
    this.last_group = { group, seed: at };
    this.again.hidden = !group.startsWith("connections/");
    this.show(this.last_group, group);
  }

  private search_form(): HTMLElement {
    const input = h("input", {
      type: "search",
      placeholder: "Find by id, user or room",
      "aria-label": "Find actors by id, user or room",
      autocomplete: "off",
      spellcheck: "false",
    });
    const form = h("form", { class: "search", role: "search" }, input);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.search(input.value.trim());
    });
    input.addEventListener("input", () => {
      clearTimeout(this.typing);
      this.typing = setTimeout(() => this.search(input.value.trim()), typing_ms);
    });
    return form;
  }

  private search(text: string): void {
    clearTimeout(this.typing);
    if (text === "") {
      this.show_group(this.last_group.group, this.last_group.seed);
      return;
    }
    this.again.hidden = true;
    this.show({ text }, "Found");
  }

  private show(look: Look, title: string): void {
    this.look = look;
    set_text(this.title, title);
    this.list.to_top();
    this.refresh();
  }

  // Nobody is asked while nobody would answer: what is shown stays.
  private refresh(): void {
    const look = this.look;
    if (look === null || !this.feeds.is_live) return;
    const asked =
      "group" in look
        ? this.feeds
            .ask<Sample>("sample", { ...look, limit: sample_size })
            .then((sample) => this.show_sample(look, sample))
        : this.feeds
            .ask<Found>("search", { ...look, limit: sample_size })
            .then((found) => this.show_found(look, found));
    asked.catch((problem: Error) => look === this.look && set_text(this.about, `No answer: ${problem.message}`));
  }

  private show_sample(look: Look, { connections = [], rooms, workers_not_answering }: Sample): void {
    if (look !== this.look) return; // an answer that came too late
    const shown = (rooms ?? []).filter(({ id }) => !is_system_topic(id));
    const silent = silent_workers(workers_not_answering);
    const what =
      rooms !== undefined
        ? shown.length === 0
          ? "No rooms here"
          : `${plural(shown.length, "room")}, the largest first`
        : connections.length === 0
          ? "No connections here"
          : `A sample of ${count(connections.length)}, live`;
    set_text(this.about, silent === "" ? what : `Nothing is known: ${silent}`);
    this.list.set([...shown.map(room_line), ...connections.map(connection_line)]);
  }

  private show_found(look: Look, { connections, rooms, scanned, open, workers_not_answering }: Found): void {
    if (look !== this.look) return;
    const found_rooms = rooms.filter(({ id }) => !is_system_topic(id));
    const is_cut = connections.length >= sample_size;
    const parts = [
      `${plural(found_rooms.length, "room")}; ${is_cut ? "the first " : ""}${plural(connections.length, "connection")}`,
      scanned < open ? ` among ${count(scanned)} of ${count(open)} that were looked at` : "",
      workers_not_answering?.length ? `; ${silent_workers(workers_not_answering)}` : "",
    ];
    set_text(this.about, parts.join(""));
    this.list.set([...found_rooms.map(room_line), ...connections.map(connection_line)]);
  }
}

const room_line = ({ id, members, incarnation, mailbox, status = "up" }: RoomRow): Line => ({
  id,
  status,
  facts: [
    status === "up" ? "" : status,
    plural(members, "member"),
    `inc. ${count(incarnation)}`,
    mailbox > 0 ? `mailbox ${count(mailbox)}` : "",
  ].filter((fact) => fact !== ""),
});

const connection_line = ({ id, user, rooms, incarnation, status, outbox_bytes }: ConnectionRow): Line => ({
  id,
  status,
  facts: [
    status === "up" ? "" : status,
    user ?? "",
    rooms.slice(0, 2).join(", ") + (rooms.length > 2 ? ` +${rooms.length - 2}` : ""),
    outbox_bytes > 0 ? bytes(outbox_bytes) : "",
    `inc. ${count(incarnation)}`,
  ].filter((fact) => fact !== ""),
});

function line_view(id: string, choose: (id: string) => void): View<Line> {
  const dot = h("span", { "aria-hidden": "true" });
  const name = h(
    "button",
    { type: "button", class: "line-name", "data-key": id, onclick: () => choose(id) },
    dot,
    h("span", { class: "id" }, id),
  );
  const facts = new KeyedList<[number, string]>(
    h("span", { class: "line-facts" }),
    ([at]) => String(at),
    () => {
      const element = h("span", { class: "fact" });
      return { element, show: ([, text]) => set_text(element, text) };
    },
  );
  return {
    element: h("div", { class: "line", role: "listitem" }, name, facts.element),
    show: (line) => {
      dot.className = `dot ${status_class(line.status)}`;
      name.title = line.status;
      facts.show(line.facts.map((text, at) => [at, text]));
    },
  };
}
