// Children of an element, one for each item. Who stays is not touched: it keeps focus, selection, and a click that has
// been pressed and not yet released.

export interface View<Item> {
  element: HTMLElement;
  show: (item: Item) => void;
}

/// Makes these the children, in this order.
export function set_children(parent: Element, wanted: readonly Element[]): void {
  const staying = new Set(wanted);
  const focused = parent.contains(document.activeElement) ? document.activeElement : null;
  for (const child of [...parent.children]) if (!staying.has(child)) child.remove();
  let at = parent.firstElementChild;
  for (const element of wanted) {
    if (element === at) at = at.nextElementSibling;
    else parent.insertBefore(element, at);
  }
  // An element that was moved has lost the focus.
  if (focused instanceof HTMLElement && focused !== document.activeElement && parent.contains(focused))
    focused.focus({ preventScroll: true });
}

export class KeyedList<Item> {
  private views = new Map<string, View<Item>>();

  constructor(
    readonly element: HTMLElement,
    private readonly key_of: (item: Item) => string,
    private readonly make: (item: Item) => View<Item>,
  ) {}

  show(items: readonly Item[]): void {
    const shown = new Map<string, View<Item>>();
    for (const item of items) {
      const key = this.key_of(item);
      const view = this.views.get(key) ?? this.make(item);
      view.show(item);
      shown.set(key, view);
    }
    this.views = shown;
    set_children(
      this.element,
      [...shown.values()].map(({ element }) => element),
    );
  }
}
