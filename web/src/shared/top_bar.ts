// The bar above both pages: where we are, whether the server hears us, light or dark.
import { h, icon, set_text } from "./dom";
import type { Server, State } from "./server";
import { theme_button } from "./theme";

const words: Record<State, string> = { connecting: "connecting…", live: "live", lost: "reconnecting…" };

export function brand(): HTMLElement {
  return h(
    "a",
    { class: "brand", href: "/", "aria-label": "Lintel, observatory" },
    icon("M3 5h18v4H3zM6 9v11M18 9v11"),
    "Lintel",
  );
}

export function top_bar(
  here: "observatory" | "chat",
  extra: HTMLElement[] = [],
): {
  bar: HTMLElement;
  follow: (server: Server) => void;
} {
  const link = (to: string, name: string, is_here: boolean): HTMLElement =>
    h("a", { href: to, ...(is_here && { "aria-current": "page" }) }, name);
  const state = h("span", { class: "state connecting", role: "status", hidden: true }, words.connecting);
  const bar = h(
    "header",
    { class: "top" },
    brand(),
    h(
      "nav",
      { "aria-label": "Pages" },
      link("/", "Observatory", here === "observatory"),
      link("/chat", "Chat", here === "chat"),
    ),
    h("div", { class: "top-end" }, ...extra, state, theme_button()),
  );
  const follow = (server: Server): void => {
    state.hidden = false;
    server.on_state((now) => {
      state.className = `state ${now}`;
      set_text(state, words[now]);
    });
  };
  return { bar, follow };
}
