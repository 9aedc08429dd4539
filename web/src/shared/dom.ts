// Elements without a template language: text is always text, never markup.
type Child = Node | string | number | null | undefined | false;
type Props = Record<string, unknown>;

/// h("button", {class: "kill", onclick: …, "aria-label": …}, "Kill")
export function h<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  props: Props = {},
  ...children: Child[]
): HTMLElementTagNameMap[Tag] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) set_prop(made, name, value);
  append(made, children);
  return made;
}

function set_prop(element: HTMLElement, name: string, value: unknown): void {
  if (value === undefined || value === null || value === false) return;
  if (name.startsWith("on") && typeof value === "function")
    element.addEventListener(name.slice(2), value as EventListener);
  else element.setAttribute(name === "class" ? "class" : name, value === true ? "" : String(value));
}

export function append(parent: Node, children: Child[]): void {
  for (const child of children)
    if (child !== null && child !== undefined && child !== false)
      parent.appendChild(child instanceof Node ? child : document.createTextNode(String(child)));
}

const svg_space = "http://www.w3.org/2000/svg";

/// An icon of one path in a box of 24 units.
export function icon(path: string, label?: string): SVGElement {
  const svg = document.createElementNS(svg_space, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("class", "icon");
  if (label === undefined) svg.setAttribute("aria-hidden", "true");
  else svg.setAttribute("aria-label", label);
  const line = document.createElementNS(svg_space, "path");
  line.setAttribute("d", path);
  svg.append(line);
  return svg;
}

/// Writes only what has changed: a page that is updated every second keeps its selection and costs no layout.
export function set_text(element: Element, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}

export function set_class(element: Element, name: string, wanted: boolean): void {
  if (element.classList.contains(name) !== wanted) element.classList.toggle(name, wanted);
}

export function must_find<Found extends HTMLElement = HTMLElement>(selector: string): Found {
  const found = document.querySelector<Found>(selector);
  if (found === null) throw new Error(`no ${selector} in the page`);
  return found;
}
