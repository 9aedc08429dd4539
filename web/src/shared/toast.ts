// Short messages that go by themselves; read out by screen readers.
import { h } from "./dom";

const shown_ms = 4000;
const shown_max = 3;
const place = h("div", { class: "toasts", role: "status", "aria-live": "polite" });

export function toast(text: string, kind: "good" | "bad" | "plain" = "plain"): void {
  if (!place.isConnected) document.body.append(place);
  const note = h("div", { class: `toast ${kind}` }, text);
  place.append(note);
  while (place.children.length > shown_max) place.firstElementChild?.remove();
  setTimeout(() => note.remove(), shown_ms);
}

/// Says what went wrong with a command.
export function complain(what: string): (problem: unknown) => void {
  return (problem) => toast(`${what}: ${problem instanceof Error ? problem.message : String(problem)}`, "bad");
}
