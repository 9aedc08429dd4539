import "../shared/base.css";
import "./observatory.css";
import { h, must_find } from "../shared/dom";
import { Server } from "../shared/server";
import { enter, forget, on_lent, on_signed_out, type Refused, type Session, sign_out } from "../shared/session";
import { top_bar } from "../shared/top_bar";
import { ActorView } from "./actor_view";
import { chaos_panel } from "./chaos_panel";
import { chart_grid } from "./charts";
import { ChildrenView } from "./children_view";
import { event_log } from "./event_log";
import { Feeds } from "./feeds";
import { ActorField } from "./field";
import { reasons, sign_in_form } from "./sign_in";
import { TreeView } from "./tree_view";
import { vitals } from "./vitals";
import type { TreeNode } from "./views";

const app = must_find("#app");

function open(session: Session): void {
  const server = new Server({ key: session.key });
  const leave = h(
    "button",
    {
      class: "quiet",
      type: "button",
      onclick: () => {
        sign_out();
        close(server, reasons.signed_out);
      },
    },
    "Sign out",
  );
  const { bar, follow } = top_bar("observatory", [h("span", { class: `role ${session.role}` }, session.role), leave]);
  follow(server);
  server.on_refused(() => {
    forget();
    close(server, reasons.key);
  });
  on_signed_out(() => close(server, reasons.signed_out));
  const feeds = new Feeds(server, session);
  const actor = new ActorView(feeds, (id) => show_actor(id));
  const children = new ChildrenView(feeds, (id) => show_actor(id));
  const tree = new TreeView(feeds, (node) => show_node(node));
  const show_actor = (id: string): void => {
    actor.watch(id);
    tree.mark(id);
    if (matchMedia("(max-width: 1100px)").matches) actor.element.scrollIntoView({ block: "nearest" });
  };
  const show_node = (node: TreeNode): void => {
    if (node.count !== undefined) children.show_group(node.id);
    show_actor(node.id);
  };
  const field = new ActorField(feeds, (group, slot) => {
    children.show_group(group, slot);
    void feeds.ask<{ connections?: { id: string }[] }>("sample", { group, seed: slot, limit: 1 }).then(
      ({ connections }) => connections?.[0] && show_actor(connections[0].id),
      () => undefined,
    );
  });
  app.replaceChildren(
    bar,
    h(
      "main",
      { class: "observatory" },
      h("h1", { class: "unseen" }, "Observatory"),
      vitals(feeds),
      h("div", { class: "hero" }, chaos_panel(feeds), field.element),
      h(
        "section",
        { class: "card explore", "aria-labelledby": "tree-title" },
        h(
          "div",
          { class: "pane" },
          h("div", { class: "card-head" }, h("h2", { id: "tree-title" }, "Supervision tree")),
          tree.element,
        ),
        h("div", { class: "pane" }, children.element),
        h("div", { class: "pane" }, actor.element),
      ),
      chart_grid(feeds),
      event_log(feeds, (id) => show_actor(id)),
    ),
  );
  children.show_group("connections/0");
}

// Who signs in again gets a new page: it may be another server by now.
function close(server: Server, why: string): void {
  server.stop();
  document.documentElement.classList.remove("chaos-runs");
  ask_for_token(why, () => location.reload());
}

function ask_for_token(why: string, done: (session: Session) => void): void {
  const { bar } = top_bar("observatory");
  app.replaceChildren(bar, sign_in_form(why, done));
}

function begin(session: Session | null, refused: Refused): void {
  if (session !== null) {
    open(session);
    return;
  }
  let is_open = false;
  const enter_once = (by: Session): void => {
    if (!is_open) open(by);
    is_open = true;
  };
  ask_for_token(refused === null ? "" : reasons[refused], enter_once);
  on_lent(enter_once);
}

enter().then(
  ({ session, refused }) => begin(session, refused),
  () =>
    app.replaceChildren(
      h(
        "main",
        { class: "sign-in card" },
        h("p", {}, "The server does not answer."),
        h("button", { type: "button", class: "primary", onclick: () => location.reload() }, "Try again"),
      ),
    ),
);
