// What becomes of actors, as it happens. A burst keeps its newest hundred; how many there were is said.
import { h } from "../shared/dom";
import { clock, count } from "../shared/format";
import type { Feeds } from "./feeds";
import { is_system_topic } from "./status";
import type { ActorEvent, EventBatch } from "./views";

const lines_max = 60;
const named_max = 6; // of one batch; a person reads no more

export function event_log(feeds: Feeds, choose: (id: string) => void): HTMLElement {
  const list = h("ol", { class: "events", tabindex: 0, "aria-label": "Actor events, newest first" });
  const add = (line: HTMLElement): void => {
    list.prepend(line);
    while (list.children.length > lines_max) list.lastElementChild?.remove();
  };
  feeds.events.on((batch: EventBatch) => {
    const at = clock(Date.now());
    const named = batch.events.filter(({ id }) => !is_system_topic(id)); // what this very page opens and closes
    const shown = named.slice(-named_max);
    const unnamed = batch.spawned + batch.restarted + batch.exited - batch.events.length;
    const left_out = unnamed + named.length - shown.length;
    if (left_out > 0)
      add(h("li", { class: "more" }, h("time", {}, at), `and ${count(left_out)} more in this quarter second`));
    for (const event of shown) add(line_of(event, at, choose));
  });
  return h(
    "section",
    { class: "card", "aria-labelledby": "events-title" },
    h("div", { class: "card-head" }, h("h2", { id: "events-title" }, "Actor events")),
    list,
  );
}

const words: Record<ActorEvent["event"], string> = { spawn: "started", restart: "restarted", exit: "ended" };

function line_of(event: ActorEvent, at: string, choose: (id: string) => void): HTMLElement {
  return h(
    "li",
    { class: event.event },
    h("time", {}, at),
    h("button", { type: "button", class: "link id", onclick: () => choose(event.id) }, event.id),
    h("span", {}, words[event.event], event.event === "restart" ? `, incarnation ${count(event.incarnation)}` : ""),
    event.reason ? h("span", { class: "why" }, event.reason) : null,
  );
}
