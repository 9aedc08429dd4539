// The supervision tree as it lives. A tree of ARIA: arrows walk, right and left open and close, Enter chooses.
import { h, set_class, set_text } from "../shared/dom";
import { count, short_count } from "../shared/format";
import { set_children } from "../shared/keyed_list";
import type { Feeds } from "./feeds";
import { status_class } from "./status";
import type { TreeNode } from "./views";

interface Row {
  element: HTMLElement;
  toggle: HTMLElement;
  status: HTMLElement;
  about: HTMLElement;
  restarts: HTMLElement;
  mailbox: HTMLElement;
  node: TreeNode;
  level: number;
  parent: string | null;
}

export class TreeView {
  readonly element: HTMLElement;
  private readonly list = h("div", { class: "tree", role: "tree", "aria-labelledby": "tree-title" });
  private readonly rows = new Map<string, Row>();
  private readonly closed = new Set<string>();
  private order: Row[] = [];
  private chosen: string | null = null;

  constructor(
    feeds: Feeds,
    private readonly choose: (node: TreeNode) => void,
  ) {
    this.element = h(
      "div",
      { class: "tree-frame" },
      h(
        "div",
        { class: "tree-head", "aria-hidden": "true" },
        h("span", {}, "actor"),
        h("span", {}, "restarts, last min"),
        h("span", {}, "mailbox"),
      ),
      this.list,
    );
    this.list.addEventListener("keydown", (event) => this.key(event));
    feeds.tree.on((tree) => this.show(tree));
  }

  mark(id: string | null): void {
    this.chosen = id;
    for (const [name, row] of this.rows) row.element.setAttribute("aria-selected", String(name === id));
  }

  private show(tree: TreeNode): void {
    const seen: Row[] = [];
    const visit = (node: TreeNode, level: number, parent: string | null): void => {
      const row = this.rows.get(node.id) ?? this.add(node);
      Object.assign(row, { node, level, parent });
      this.fill(row);
      seen.push(row);
      for (const child of node.children) visit(child, level + 1, node.id);
    };
    visit(tree, 1, null);
    const names = new Set(seen.map((row) => row.node.id));
    for (const [name, row] of this.rows)
      if (!names.has(name)) {
        row.element.remove();
        this.rows.delete(name);
      }
    this.order = seen;
    set_children(
      this.list,
      seen.map((row) => row.element),
    );
    this.fold();
  }

  private add(node: TreeNode): Row {
    const parts = {
      toggle: h("span", { class: "toggle", "aria-hidden": "true" }),
      status: h("span", { class: "pill" }),
      about: h("span", { class: "about" }),
      restarts: h("span", { class: "num" }),
      mailbox: h("span", { class: "num" }),
    };
    const element = h(
      "div",
      {
        class: "tree-row",
        role: "treeitem",
        tabindex: -1, // fold() gives one of them the tab stop
        "aria-selected": "false",
        "data-id": node.id,
      },
      h("span", { class: "name" }, parts.toggle, h("span", { class: "id" }, node.id), parts.status, parts.about),
      parts.restarts,
      parts.mailbox,
    );
    const row: Row = { ...parts, element, node, level: 1, parent: null };
    element.addEventListener("click", () => {
      this.focus(row);
      this.choose(row.node);
    });
    parts.toggle.addEventListener("click", (event) => {
      event.stopPropagation();
      this.toggle(row);
    });
    this.rows.set(node.id, row);
    return row;
  }

  private fill(row: Row): void {
    const { node } = row;
    row.element.setAttribute("aria-level", String(row.level));
    row.element.style.setProperty("--level", String(row.level - 1));
    const storm = node.alarms.find((alarm) => alarm.alarm === "restart_storm");
    const status = storm ? `storm, ${count(storm.waiting ?? 0)} waiting` : node.status;
    set_text(row.status, status);
    row.status.className = `pill ${storm ? "warn" : status_class(node.status)}`;
    const confined = node.alarms.filter((alarm) => alarm.alarm === "quarantine").length;
    const about = [
      node.count === undefined ? "" : node.count === null ? `? ${node.kind}` : `${count(node.count)} ${node.kind}`,
      node.incarnation > 1 ? `incarnation ${count(node.incarnation)}` : "",
      confined > 0 ? `${count(confined)} in quarantine` : "",
    ].filter((text) => text !== "");
    set_text(row.about, about.join(" · "));
    const minute = node.restarts_per_minute;
    set_text(row.restarts, minute === 0 ? "·" : short_count(minute));
    set_class(row.restarts, "hot", minute > 0);
    set_text(row.mailbox, node.kind === "supervisor" ? "" : node.mailbox === 0 ? "·" : short_count(node.mailbox));
    set_class(row.element, "has-children", node.children.length > 0);
    this.mark_one(row);
  }

  private mark_one(row: Row): void {
    row.element.setAttribute("aria-selected", String(row.node.id === this.chosen));
  }

  private fold(): void {
    const hidden = new Set<string>();
    for (const row of this.order) {
      const is_hidden = row.parent !== null && (hidden.has(row.parent) || this.closed.has(row.parent));
      if (is_hidden) hidden.add(row.node.id);
      row.element.hidden = is_hidden;
      if (row.node.children.length > 0)
        row.element.setAttribute("aria-expanded", String(!this.closed.has(row.node.id)));
    }
    this.keep_tab_stop();
  }

  // Exactly one row can be reached with Tab, and it is one that is seen: the nearest above one that was folded away.
  private keep_tab_stop(): void {
    const at = this.order.findIndex((row) => row.element.tabIndex === 0);
    if (at >= 0 && !this.order[at]?.element.hidden) return;
    const above = this.order.slice(0, at + 1).filter((row) => !row.element.hidden);
    const next = above[above.length - 1] ?? this.order[0];
    if (next === undefined) return;
    const had_focus = this.order[at]?.element === document.activeElement;
    for (const each of this.order) each.element.tabIndex = each === next ? 0 : -1;
    if (had_focus) next.element.focus();
  }

  private toggle(row: Row, open?: boolean): void {
    if (row.node.children.length === 0) return;
    if (open ?? this.closed.has(row.node.id)) this.closed.delete(row.node.id);
    else this.closed.add(row.node.id);
    this.fold();
  }

  private focus(row: Row): void {
    for (const each of this.order) each.element.tabIndex = each === row ? 0 : -1;
    row.element.focus();
  }

  private key(event: KeyboardEvent): void {
    const visible = this.order.filter((row) => !row.element.hidden);
    const at = visible.findIndex((row) => row.element === document.activeElement);
    const row = visible[at];
    if (row === undefined) return;
    const steps: Record<string, () => void> = {
      ArrowDown: () => this.focus(visible[Math.min(at + 1, visible.length - 1)] ?? row),
      ArrowUp: () => this.focus(visible[Math.max(at - 1, 0)] ?? row),
      Home: () => this.focus(visible[0] ?? row),
      End: () => this.focus(visible[visible.length - 1] ?? row),
      ArrowRight: () => this.toggle(row, true),
      ArrowLeft: () => {
        const parent = row.parent === null ? undefined : this.rows.get(row.parent);
        if (row.node.children.length > 0 && !this.closed.has(row.node.id)) this.toggle(row, false);
        else if (parent !== undefined) this.focus(parent);
      },
      Enter: () => this.choose(row.node),
      " ": () => this.choose(row.node),
    };
    const step = steps[event.key];
    if (step === undefined) return;
    event.preventDefault();
    step();
  }
}
