// The part of the page that does harm, and the numbers that say what came of it.
import { h, set_class, set_text } from "../shared/dom";
import { clock, count, nanos, plural, short_count } from "../shared/format";
import { complain, toast } from "../shared/toast";
import type { Feeds } from "./feeds";
import { RecoveryHistogram } from "./histogram";
import { is_system_topic } from "./status";
import type { Chaos, Found } from "./views";

const handfuls = [1, 10, 100, 1000];
const rates = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000];
const rate_at_first = 6;

const fact = (label: string): { element: HTMLElement; value: HTMLElement } => {
  const value = h("dd", {}, "0");
  return { element: h("div", {}, h("dt", {}, label), value), value };
};

export function chaos_panel(feeds: Feeds): HTMLElement {
  const closed = h("output", { class: "closed", id: "closed" }, "0");
  const closed_label = h("label", { for: "closed" }, "sockets closed since chaos began");
  const closed_note = h("p", { class: "closed-note" }, "Nothing was killed yet. Go on, try it.");
  const facts = {
    kills: fact("Kills"),
    crashes: fact("Crashes"),
    restarts: fact("Restarts"),
    gave_up: fact("Gave up"),
    abandoned: fact("Abandoned"),
    p50: fact("p50"),
    p99: fact("p99"),
    max: fact("max"),
  };
  const histogram = new RecoveryHistogram();
  feeds.chaos.on((now) => {
    set_text(closed, count(now.sockets_closed_by_server ?? 0));
    set_class(closed, "bad", (now.sockets_closed_by_server ?? 0) > 0);
    set_text(closed_label, `${now.sockets_closed_by_server === 1 ? "socket" : "sockets"} closed since chaos began`);
    set_text(closed_note, note_of(now));
    set_text(facts.kills.value, count(now.kills ?? 0));
    set_text(facts.crashes.value, count(now.crashes ?? 0));
    set_text(facts.restarts.value, count(now.restarts ?? 0));
    for (const name of ["gave_up", "abandoned"] as const) {
      facts[name].element.hidden = (now[name] ?? 0) === 0;
      set_text(facts[name].value, count(now[name] ?? 0));
    }
    const away = now.recovery !== undefined && now.recovery.count > 0 ? now.recovery : null;
    set_text(facts.p50.value, away === null ? "–" : nanos(away.p50_ns));
    set_text(facts.p99.value, away === null ? "–" : nanos(away.p99_ns));
    set_text(facts.max.value, away === null ? "–" : nanos(away.max_ns));
    histogram.show(away);
  });
  return h(
    "section",
    { class: "card chaos", "aria-labelledby": "chaos-title" },
    h("div", { class: "card-head" }, h("h2", { id: "chaos-title" }, "Chaos"), reset_button(feeds)),
    h(
      "div",
      { class: "verdict" },
      h("div", { class: "headline" }, closed, closed_label),
      closed_note,
    ),
    h("dl", { class: "facts" }, ...Object.values(facts).map(({ element }) => element)),
    histogram.element,
    feeds.may_kill
      ? controls(feeds)
      : h("p", { class: "hint" }, "You are a viewer: you see everything, and kill nobody."),
  );
}

// What is not 0 is explained, not hidden.
function note_of(now: Chaos): string {
  if (now.began_at_ms === null) return "Nothing was killed yet. Go on, try it.";
  const since = `since ${clock(now.began_at_ms)}`;
  const reasons = Object.entries(now.closed ?? {}).map(([reason, n]) => `${count(n)} ${reason.replaceAll("_", " ")}`);
  return reasons.length === 0 ? `By the server, ${since}` : `By the server, ${since}: ${reasons.join(", ")}`;
}

function reset_button(feeds: Feeds): HTMLElement | null {
  if (!feeds.may_kill) return null;
  return h(
    "button",
    {
      class: "quiet",
      type: "button",
      title: "Count anew from the next order on",
      onclick: () => void feeds.ask("chaos", { reset: true }).catch(complain("Not reset")),
    },
    "Count anew",
  );
}

function controls(feeds: Feeds): HTMLElement {
  const kill_random = async (n: number): Promise<void> => {
    const { killed } = await feeds.ask<{ killed: number }>("kill", { random: n });
    toast(
      killed === 0 ? "Nobody is connected" : `Killed ${plural(killed, "connection actor")}`,
      killed > 0 ? "good" : "plain",
    );
  };
  return h(
    "div",
    { class: "controls" },
    h(
      "fieldset",
      {},
      h("legend", {}, "Kill connections at random"),
      h(
        "div",
        { class: "row" },
        ...handfuls.map((n) =>
          h(
            "button",
            {
              class: "kill",
              type: "button",
              "aria-label": `Kill ${plural(n, "random connection")}`,
              onclick: () => void kill_random(n).catch(complain("Not killed")),
            },
            count(n),
          ),
        ),
      ),
    ),
    continuous(feeds),
    room_killer(feeds),
  );
}

function continuous(feeds: Feeds): HTMLElement {
  const slider = h("input", {
    type: "range",
    min: 0,
    max: rates.length - 1,
    value: rate_at_first,
    id: "rate",
    "aria-label": "Kills per second",
  });
  const shown = h("output", { for: "rate", class: "rate" });
  const button = h("button", { class: "kill", type: "button" }, "Start");
  const wanted = (): number => rates[Number(slider.value)] ?? 1;
  let running = 0;
  const order = (rate: number): void => {
    feeds.ask<Chaos>("chaos", { rate }).then((now) => feeds.chaos.publish(now), complain("Not ordered"));
  };
  const describe = (): void => {
    set_text(shown, `${short_count(wanted())}/s`);
    slider.setAttribute("aria-valuetext", `${wanted()} kills per second`);
  };
  slider.addEventListener("input", describe);
  slider.addEventListener("change", () => running > 0 && order(wanted()));
  button.addEventListener("click", () => order(running > 0 ? 0 : wanted()));
  feeds.chaos.on((now) => {
    running = now.rate;
    set_text(button, running > 0 ? "Stop" : "Start");
    set_class(button, "running", running > 0);
    document.documentElement.classList.toggle("chaos-runs", running > 0);
  });
  describe();
  return h("fieldset", {}, h("legend", {}, "Go on killing"), h("div", { class: "row" }, slider, shown, button));
}

function room_killer(feeds: Feeds): HTMLElement {
  const options = h("datalist", { id: "room-names" });
  const input = h("input", {
    type: "text",
    list: "room-names",
    placeholder: "room:lobby",
    "aria-label": "Topic of a room",
    autocomplete: "off",
    spellcheck: "false",
  });
  input.addEventListener(
    "focus",
    () =>
      void feeds.ask<Found>("search", { text: ":", limit: 20 }).then(
        ({ rooms }) =>
          options.replaceChildren(
            ...rooms.filter(({ id }) => !is_system_topic(id)).map(({ id }) => h("option", { value: id })),
          ),
        () => undefined,
      ),
  );
  const form = h("form", { class: "row" }, input, options, h("button", { class: "kill" }, "Kill"));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const id = input.value.trim();
    if (id !== "") feeds.ask("kill", { id }).then(() => toast(`Killed ${id}`, "good"), complain("Not killed"));
  });
  return h("fieldset", {}, h("legend", {}, "Kill a room's actor"), form);
}
