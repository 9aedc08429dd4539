// Light, dark, or what the system says; the choice stays with this browser.
import { h, icon } from "./dom";

type Theme = "system" | "light" | "dark";
const order: Theme[] = ["system", "light", "dark"];
const icons: Record<Theme, string> = {
  system: "M4 5h16v11H4zM9 20h6M12 16v4",
  light:
    "M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM12 2v2M12 20v2M2 12h2M20 12h2M5 5l1 1M18 18l1 1M19 5l-1 1M6 18l-1 1",
  dark: "M20 14.5A8.5 8.5 0 0 1 9.5 4 8.5 8.5 0 1 0 20 14.5z",
};

const listeners = new Set<() => void>();
const system_is_dark = matchMedia("(prefers-color-scheme: dark)");

const chosen = (): Theme => {
  const kept = localStorage.getItem("lintel.theme");
  return kept === "light" || kept === "dark" ? kept : "system";
};

export const is_dark = (): boolean => chosen() === "dark" || (chosen() === "system" && system_is_dark.matches);

function apply(): void {
  document.documentElement.dataset.theme = is_dark() ? "dark" : "light";
  listeners.forEach((tell) => tell());
}

/// Canvases have to be drawn anew.
export function on_theme_change(tell: () => void): void {
  listeners.add(tell);
}

/// The value of a colour of the style sheet, for a canvas.
export const colour = (name: string): string =>
  getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();

export function theme_button(): HTMLElement {
  const button = h("button", { class: "quiet square", type: "button" });
  const show = (): void => {
    const now = chosen();
    button.replaceChildren(icon(icons[now]));
    button.setAttribute("aria-label", `Colours: ${now}. Change`);
    button.title = `Colours: ${now}`;
  };
  button.addEventListener("click", () => {
    const next = order[(order.indexOf(chosen()) + 1) % order.length] ?? "system";
    localStorage.setItem("lintel.theme", next);
    apply();
    show();
  });
  show();
  return button;
}

export const wants_less_motion = (): boolean => matchMedia("(prefers-reduced-motion: reduce)").matches;

system_is_dark.addEventListener("change", apply);
apply();
