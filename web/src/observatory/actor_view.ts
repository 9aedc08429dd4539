// One actor: what it is, what it does, and what one may do to it.
import type { Channel } from "phoenix";
import { h } from "../shared/dom";
import { bytes, clock, count, duration, micros, plural } from "../shared/format";
import { command } from "../shared/server";
import { complain, toast } from "../shared/toast";
import type { Feeds } from "./feeds";
import { type ConnectionRow, type GoneRow, is_connection_id, type ProcessRow } from "./views";

type Actor = ConnectionRow | ProcessRow | GoneRow;
const never_crashed = new Set(["root", "rooms", "connections", "listeners"]); // supervisors can be killed, not crashed
const stall_ms = 2000;

export class ActorView {
  readonly element = h("div", { class: "actor", "aria-live": "off" });
  private channel: Channel | null = null;
  private id: string | null = null;

  constructor(
    private readonly feeds: Feeds,
    private readonly choose: (id: string) => void,
  ) {
    this.empty();
  }

  watch(id: string): void {
    if (this.id === id) return;
    this.channel?.leave();
    this.id = id;
    this.element.replaceChildren(h("h3", { class: "id" }, id), h("p", { class: "hint" }, "…"));
    this.channel = this.feeds.server.watch<Actor>(`$sys:actor:${id}`, "actor", (actor) => this.show(id, actor));
  }

  private empty(): void {
    this.element.replaceChildren(
      h("h3", {}, "One actor"),
      h(
        "p",
        { class: "hint" },
        "Choose an actor in the tree, in the list, or a cell of the field above, and see it live.",
      ),
    );
  }

  private show(id: string, actor: Actor): void {
    if (id !== this.id) return;
    if (actor.status === "gone") {
      this.element.replaceChildren(
        h("h3", { class: "id" }, id),
        h(
          "p",
          { class: "hint" },
          is_connection_id(id) ? "Gone: its client has left." : "Gone, or without a mailbox of its own.",
        ),
        this.buttons(id, true),
      );
      return;
    }
    const live = actor as ConnectionRow | ProcessRow;
    const kind = "kind" in live ? live.kind : "connection";
    const parts = [
      h(
        "div",
        { class: "actor-head" },
        h("h3", { class: "id" }, id),
        h("span", { class: `pill ${live.status === "up" ? "up" : "warn"}` }, live.status),
      ),
      this.incarnation(live),
      facts("rooms" in live ? connection_facts(live) : process_facts(live)),
      this.times(kind),
      ...("rooms" in live ? [this.rooms(live), trace(live)] : []),
      this.buttons(id, false),
    ];
    this.replace(parts);
  }

  // The buttons stay what they are: one that is replaced between press and release is never clicked.
  private replace(parts: HTMLElement[]): void {
    const old = this.element.querySelector(".buttons");
    const is_same_actor = old instanceof HTMLElement && old.dataset.of === this.id && old.dataset.gone === "false";
    if (!is_same_actor) {
      this.element.replaceChildren(...parts);
      return;
    }
    [...this.element.children].filter((child) => child !== old).forEach((child) => child.remove());
    old.before(...parts.slice(0, -1));
  }

  private incarnation(actor: ConnectionRow | ProcessRow): HTMLElement {
    return h(
      "p",
      { class: "incarnation" },
      "incarnation ",
      h("b", {}, count(actor.incarnation)),
      actor.last_exit ? h("span", { class: "why" }, `the one before ended: ${actor.last_exit}`) : null,
    );
  }

  // One letter in 64 of all actors of its kind is measured; none by itself.
  private times(kind: string): HTMLElement {
    const of_kind = this.feeds.metrics.last?.classes[kind];
    if (of_kind === undefined || of_kind.handler.count === 0) return h("div", { hidden: true });
    return h(
      "p",
      { class: "hint" },
      `Of its kind: waits ${micros(of_kind.queue.p50_us)} (p99 ${micros(of_kind.queue.p99_us)}), ` +
        `works ${micros(of_kind.handler.p50_us)} (p99 ${micros(of_kind.handler.p99_us)}) per message`,
    );
  }

  private rooms({ rooms }: ConnectionRow): HTMLElement {
    return h(
      "div",
      { class: "chips", "aria-label": "Joined rooms" },
      ...rooms.map((room) =>
        h("button", { type: "button", class: "chip id", onclick: () => this.choose(room) }, room),
      ),
    );
  }

  private buttons(id: string, is_gone: boolean): HTMLElement {
    const { session } = this.feeds;
    const place = h("div", { class: "buttons row", "data-of": id, "data-gone": String(is_gone) });
    if (is_gone || !this.feeds.may_kill) return place;
    const order =
      (name: string, said: string, payload = {}) =>
      () => {
        if (this.channel !== null)
          command(this.channel, name, { id, ...payload }).then(() => toast(said, "good"), complain("Refused"));
      };
    place.append(
      h(
        "button",
        {
          type: "button",
          class: "kill",
          title: "End this incarnation between two messages; free",
          onclick: order("kill", `Killed ${id}`),
        },
        "Kill",
      ),
    );
    if (!never_crashed.has(id))
      place.append(
        h(
          "button",
          {
            type: "button",
            class: "kill",
            title: "Throw inside its handler; spends one of its restarts",
            onclick: order("crash", `Crashed ${id}`),
          },
          "Crash",
        ),
      );
    if (session.chaos_enabled && !never_crashed.has(id))
      place.append(
        h(
          "button",
          {
            type: "button",
            title: "Its handler sleeps for two seconds",
            onclick: order("stall", `${id} sleeps for two seconds`, { for_ms: stall_ms }),
          },
          "Stall 2 s",
        ),
        h(
          "button",
          {
            type: "button",
            title: "The handler of its next message throws",
            onclick: order("poison", `The next message of ${id} is poison`),
          },
          "Poison",
        ),
      );
    return place;
  }
}

function facts(rows: [string, string][]): HTMLElement {
  return h(
    "dl",
    { class: "facts small" },
    ...rows.map(([name, value]) => h("div", {}, h("dt", {}, name), h("dd", {}, value))),
  );
}

const connection_facts = (c: ConnectionRow): [string, string][] => [
  ["open for", duration(c.uptime_seconds)],
  ["mailbox", `${count(c.mailbox)} of ${count(c.inbound_window)}`],
  ["reading", c.reading_paused ? "paused" : "yes"],
  ["outbox", c.outbox_bytes === 0 ? "empty" : `${bytes(c.outbox_bytes)} in ${plural(c.outbox_frames, "frame")}`],
  ["crashes left", count(c.restarts_left)],
  ["wire", c.wire],
  ...(c.user === null ? [] : [["user", c.user] as [string, string]]),
];

const process_facts = (p: ProcessRow): [string, string][] => [
  ["kind", p.kind],
  ["mailbox", count(p.mailbox)],
  ...(p.members === undefined ? [] : [["members", count(p.members)] as [string, string]]),
  ...(p.uptime_seconds === undefined ? [] : [["up for", duration(p.uptime_seconds)] as [string, string]]),
  ...(p.offset === undefined ? [] : [["offset", count(p.offset)] as [string, string]]),
];

function trace({ frames = [] }: ConnectionRow): HTMLElement {
  const rows = [...frames]
    .reverse()
    .map((frame) =>
      h(
        "tr",
        { class: frame.way },
        h("td", {}, clock(frame.at_ms)),
        h("td", { class: "way", "aria-label": frame.way }, frame.way === "in" ? "→" : "←"),
        h("td", { class: "id" }, frame.event || "–"),
        h("td", { class: "id topic" }, frame.topic),
        h("td", { class: "num" }, bytes(frame.bytes)),
      ),
    );
  return h(
    "div",
    { class: "trace", tabindex: 0, role: "region", "aria-label": "Its last messages, never their payloads" },
    frames.length === 0
      ? h("p", { class: "hint" }, "Its messages appear here while you watch; never their payloads.")
      : h("table", {}, h("tbody", {}, ...rows)),
  );
}
