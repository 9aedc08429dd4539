import "../shared/base.css";
import "./observatory.css";
import { h, must_find } from "../shared/dom";
import { Server } from "../shared/server";
import { enter, type Session, sign_out } from "../shared/session";
import { top_bar } from "../shared/top_bar";
import { ActorView } from "./actor_view";
import { chaos_panel } from "./chaos_panel";
import { chart_grid } from "./charts";
import { ChildrenView } from "./children_view";
import { event_log } from "./event_log";
import { Feeds } from "./feeds";
import { ActorField } from "./field";
import { sign_in_form } from "./sign_in";
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
        location.reload();
      },
    },
    "Sign out",
  );
  const { bar, follow } = top_bar("observatory", [h("span", { class: `role ${session.role}` }, session.role), leave]);
  follow(server);
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

function ask_for_token(had_link: boolean): void {
  const { bar } = top_bar("observatory");
  app.replaceChildren(bar, sign_in_form(had_link, open));
}

enter().then(
  ({ session, had_link }) => (session === null ? ask_for_token(had_link) : open(session)),
  () => app.replaceChildren(h("p", { class: "sign-in card" }, "The server does not answer.")),
);
