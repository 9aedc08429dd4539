// One line of numbers that say how the server is.
import { h, set_class, set_text } from "../shared/dom";
import { bytes, count, micros, plural, short_count } from "../shared/format";
import type { Feeds } from "./feeds";
import { silent_workers } from "./status";
import { rate } from "./timeline";
import type { Metrics } from "./views";

interface Tile {
  element: HTMLElement;
  value: HTMLElement;
  note: HTMLElement;
}

function tile(label: string, why: string): Tile {
  const value = h("dd", { class: "number" }, "–");
  const note = h("dd", { class: "note" }, "\u00a0");
  return { element: h("div", { class: "tile", title: why }, h("dt", {}, label), value, note), value, note };
}

const counter =
  (name: string) =>
  (m: Metrics): number =>
    m.counters[name] ?? 0;

const known = (n: number | null): string => (n === null ? "–" : count(n));

export function vitals(feeds: Feeds): HTMLElement {
  const connections = tile("Connections", "WebSockets that are open; each is a supervised actor");
  const rooms = tile("Rooms", "Rooms with members; each is an actor");
  const deliveries = tile("Deliveries", "Frames of broadcasts put into outboxes, per second");
  const restarts = tile("Restarts", "Actors restarted within the last minute");
  const lag = tile(
    "Worker lag",
    "From one look at the sockets to the next, the worst worker's p99 of the last second",
  );
  const cpu = tile("CPU", "Of all threads of the process; 100 % is one core");
  const memory = tile("Memory", "Resident memory of the process");
  let before: Metrics | null = null;
  feeds.metrics.on((now) => {
    set_text(connections.value, known(now.connections_open));
    set_text(rooms.value, known(now.rooms));
    const out = rate(now, before, counter("deliveries"));
    const into = rate(now, before, counter("messages_in"));
    set_text(deliveries.value, out === null ? "–" : `${short_count(out)}/s`);
    set_text(deliveries.note, into === null ? "\u00a0" : `${short_count(into)}/s in`);
    set_text(restarts.value, `${short_count(now.restarts_per_minute)}/min`);
    set_text(restarts.note, `${short_count(now.counters.restarts ?? 0)} since start`);
    const worst = Math.max(0, ...now.workers.map((w) => (w.lag_now ?? w.lag).p99_us));
    set_text(lag.value, micros(worst));
    const silent = silent_workers(feeds.silent_workers);
    set_text(lag.note, silent !== "" ? silent : `p99 of ${plural(now.workers.length, "worker")}`);
    const used = rate(now, before, (m) => m.cpu_seconds);
    set_text(cpu.value, used === null ? "–" : `${(used * 100).toFixed(1)} %`);
    set_text(cpu.note, "of one core");
    set_text(memory.value, bytes(now.resident_bytes));
    set_text(
      memory.note,
      now.connections_open ? `${bytes(now.resident_bytes / now.connections_open)} per connection` : "\u00a0",
    );
    set_text(connections.note, `${short_count(now.counters.connections_opened ?? 0)} since start`);
    set_text(rooms.note, `${count(now.requests_in_flight)} requests in flight`);
    set_class(lag.element, "warn", worst > 100_000 || silent !== "");
    before = now;
  });
  return h(
    "dl",
    { class: "vitals", "aria-label": "Vital signs" },
    connections.element,
    rooms.element,
    deliveries.element,
    restarts.element,
    lag.element,
    cpu.element,
    memory.element,
  );
}
