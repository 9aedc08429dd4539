// One actor: what it is, what it does, and what one may do to it. The pane is built once; each second its texts change.
import type { Channel } from "phoenix";
import { h, set_text } from "../shared/dom";
import { bytes, count, duration, micros, plural } from "../shared/format";
import { KeyedList } from "../shared/keyed_list";
import { command } from "../shared/server";
import { complain, toast } from "../shared/toast";
import { ActorOrders } from "./actor_orders";
import type { Feeds } from "./feeds";
import { silent_workers, status_class } from "./status";
import { Trace } from "./trace";
import type { Actor } from "./views";

type Fact = [name: string, value: string];
interface JoinedRoom {
  topic: string;
  offset: number | undefined;
}

export class ActorView {
  readonly element = h("div", { class: "actor", "aria-live": "off" });
  private channel: Channel | null = null;
  private pane: ActorPane | null = null;
  private ends = new Map<string, string>(); // of actors that ended while this page looked: why

  constructor(
    private readonly feeds: Feeds,
    private readonly choose: (id: string) => void,
  ) {
    this.element.append(
      h("h3", {}, "One actor"),
      h(
        "p",
        { class: "hint" },
        "Choose an actor in the tree, in the list, or a cell of the field above, and see it live.",
      ),
    );
    feeds.events.on(({ events }) => {
      for (const event of events)
        if (event.event === "exit" && event.id === this.pane?.id) this.ends.set(event.id, event.reason ?? "");
    });
  }

  watch(id: string): void {
    if (this.pane?.id === id) return;
    this.channel?.leave();
    this.ends = new Map();
    const pane = new ActorPane(id, this.feeds, this.choose, (name, said, payload = {}) => {
      if (this.channel !== null)
        command(this.channel, name, { id, ...payload }).then(() => toast(said, "good"), complain("Refused"));
    });
    this.pane = pane;
    this.element.replaceChildren(...pane.parts);
    this.channel = this.feeds.server.watch<Actor>(`$sys:actor:${id}`, "actor", (actor) => {
      if (this.pane === pane) pane.show(actor, this.ends.get(id));
    });
  }
}

class ActorPane {
  readonly parts: HTMLElement[];
  private readonly status = h("span", { class: "pill", hidden: true });
  private readonly number = h("b", {}, "–");
  private readonly why = h("span", { class: "why" });
  private readonly incarnation = h("p", { class: "incarnation", hidden: true }, "incarnation ", this.number, this.why);
  private readonly gone = h("p", { class: "hint" }, "…");
  private readonly facts = new KeyedList<Fact>(h("dl", { class: "facts small" }), ([name]) => name, fact_view);
  private readonly kinds = h("p", { class: "hint", hidden: true });
  private readonly times = h("p", { class: "hint", hidden: true });
  private readonly rooms: KeyedList<JoinedRoom>;
  private readonly trace = new Trace();
  private readonly orders: ActorOrders;

  constructor(
    readonly id: string,
    private readonly feeds: Feeds,
    choose: (id: string) => void,
    order: (name: string, said: string, payload?: object) => void,
  ) {
    this.rooms = new KeyedList<JoinedRoom>(
      h("div", { class: "chips", role: "group", "aria-label": "Joined rooms", hidden: true }),
      ({ topic }) => topic,
      ({ topic }) => room_chip(topic, choose),
    );
    this.orders = new ActorOrders(id, feeds.session.chaos_enabled, order);
    this.orders.element.hidden = this.trace.element.hidden = true;
    this.parts = [
      h("div", { class: "actor-head" }, h("h3", { class: "id" }, id), this.status),
      this.gone,
      this.incarnation,
      this.facts.element,
      this.kinds,
      this.times,
      this.rooms.element,
      this.trace.element,
      this.orders.element,
    ];
  }

  /// `end`: how it ended, if that was seen.
  show(actor: Actor, end: string | undefined): void {
    const is_gone = actor.status === "gone";
    const kind = actor.kind ?? (actor.rooms === undefined ? "" : "connection");
    set_text(this.status, actor.status);
    this.status.className = `pill ${status_class(actor.status)}`;
    this.status.hidden = false;
    set_text(this.gone, is_gone ? said_of_end(end) : sentence(silent_workers(actor.workers_not_answering)));
    this.gone.hidden = this.gone.textContent === "";
    this.show_incarnation(actor);
    this.facts.show(is_gone ? [] : facts_of(actor, kind));
    this.say(this.kinds, is_gone ? "" : last_kinds(actor.last_kinds));
    this.say(this.times, is_gone ? "" : this.times_of(kind));
    this.rooms.element.hidden = (actor.rooms ?? []).length === 0;
    this.rooms.show((actor.rooms ?? []).map((topic) => ({ topic, offset: actor.offsets?.[topic] })));
    if (actor.rooms !== undefined) this.trace.element.hidden = false; // and stays, to be read when it is gone
    if (actor.frames !== undefined) this.trace.show(actor.frames);
    // Static supervisors have neither mailbox nor handler: they are CAF's.
    const is_static = kind === "supervisor" && actor.mailbox === undefined;
    this.orders.show(!is_gone && this.feeds.may_kill, !is_static);
  }

  private show_incarnation({ incarnation, last_exit }: Actor): void {
    this.incarnation.hidden = incarnation === undefined;
    set_text(this.number, incarnation === undefined ? "–" : count(incarnation));
    set_text(this.why, last_exit ? `the one before ended: ${last_exit}` : "");
  }

  private say(where: HTMLElement, text: string): void {
    set_text(where, text);
    where.hidden = text === "";
  }

  // One letter in 64 of all actors of its kind is measured; none by itself. A process's kind is in its name: courier/0.
  private times_of(kind: string): string {
    const of_kind = this.feeds.metrics.last?.classes[kind === "process" ? (this.id.split("/")[0] ?? kind) : kind];
    if (of_kind === undefined || of_kind.handler.count === 0) return "";
    return (
      `Of its kind: waits ${micros(of_kind.queue.p50_us)} (p99 ${micros(of_kind.queue.p99_us)}), ` +
      `works ${micros(of_kind.handler.p50_us)} (p99 ${micros(of_kind.handler.p99_us)}) per message`
    );
  }
}

const sentence = (text: string): string => (text === "" ? "" : `${text.slice(0, 1).toUpperCase()}${text.slice(1)}.`);

// An end without a reason is that of the socket, whoever closed it.
function said_of_end(end: string | undefined): string {
  if (end === undefined) return "Gone.";
  return end === "" ? "Gone: it was closed while you watched." : `Gone: ${end}.`;
}

// "inbound_frame × 3, control": newest first.
function last_kinds(kinds: readonly string[] = []): string {
  const runs: { kind: string; times: number }[] = [];
  for (const kind of [...kinds].reverse()) {
    const run = runs.at(-1);
    if (run?.kind === kind) ++run.times;
    else runs.push({ kind, times: 1 });
  }
  if (runs.length === 0) return "";
  const said = runs.map(({ kind, times }) => (times === 1 ? kind : `${kind} × ${times}`));
  return `Handled last, newest first: ${said.join(", ")}`;
}

function fact_view([name]: Fact): { element: HTMLElement; show: (fact: Fact) => void } {
  const value = h("dd", {});
  return { element: h("div", {}, h("dt", {}, name), value), show: ([, text]) => set_text(value, text) };
}

function room_chip(
  topic: string,
  choose: (id: string) => void,
): { element: HTMLElement; show: (room: JoinedRoom) => void } {
  const offset = h("span", { class: "offset", title: "The newest message of the room that it was sent" });
  const element = h("button", { type: "button", class: "chip id", onclick: () => choose(topic) }, topic, offset);
  return { element, show: (room) => set_text(offset, room.offset === undefined ? "" : `@${room.offset}`) };
}

/// Only what the server has said.
function facts_of(actor: Actor, kind: string): Fact[] {
  const facts: Fact[] = [];
  const add = <Value>(name: string, value: Value | null | undefined, text: (value: Value) => string): void => {
    if (value !== undefined && value !== null) facts.push([name, text(value)]);
  };
  const is_connection = kind === "connection"; // its name says so, and its incarnation how many restarts
  if (!is_connection) add("kind", actor.kind, String);
  add(is_connection ? "open for" : "up for", actor.uptime_seconds, duration);
  add("this incarnation", actor.incarnation_seconds, duration);
  add("mailbox", actor.mailbox, (n) =>
    actor.inbound_window === undefined ? count(n) : `${count(n)} of ${count(actor.inbound_window)}`,
  );
  add("reading", actor.reading_paused, (is_paused) => (is_paused ? "paused" : "yes"));
  add("outbox", actor.outbox_bytes, (n) =>
    n === 0 ? "empty" : `${bytes(n)} in ${plural(actor.outbox_frames ?? 0, "frame")}`,
  );
  add("crashes left", actor.restarts_left, count);
  add("members", actor.members, count);
  add("offset", actor.offset, count);
  if (actor.children === null) facts.push(["children", "not known"]);
  add("children", actor.children, count);
  if (!is_connection) add("restarts", actor.restarts, count);
  add("wire", actor.wire, String);
  add("user", actor.user, String);
  return facts;
}
