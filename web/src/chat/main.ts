import "../shared/base.css";
import "./chat.css";
import { Server } from "../shared/server";
import { h, must_find, set_text } from "../shared/dom";
import { plural } from "../shared/format";
import { top_bar } from "../shared/top_bar";
import { be_alone, hue_of, keep_name, name_max, own_name } from "./identity";
import { MessageList } from "./message_list";
import { Room } from "./room";
import { SelfCard } from "./self_card";
import { chat_server } from "./socket";

const kept_rooms_as = "lintel.chat.rooms";
const prefix = "room:";
const body_max = 2000;

await be_alone();
const server: Server = chat_server();
const rooms = new Map<string, Room>();
let shown = new URLSearchParams(location.hash.slice(1)).get("room") ?? "lobby";

const room_list = h("ul", { class: "room-list" });
const title = h("h1", {}, "#lobby");
const typists = h("p", { class: "typists hint", role: "status" }, "\u00a0");
const people_title = h("h2", {});
const people_list = h("ul", { "aria-label": "People here", tabindex: 0 });
const people = h("section", { class: "card people", hidden: true }, people_title, people_list);
const messages = new MessageList();
const input = h("textarea", { rows: 1, maxlength: body_max, placeholder: "Say something", "aria-label": "Message" });
const self = new SelfCard(server, (from, to) => {
  const times = to - from === 1 ? "" : ` ${to - from} times`;
  current().note(`Your actor was restarted${times}. Incarnation ${to} goes on, on the same socket.`, "self");
});

function current(): Room {
  return rooms.get(shown) ?? enter(shown);
}

function enter(name: string): Room {
  const room = new Room(server.socket, prefix + name, own_name, changed);
  rooms.set(name, room);
  localStorage.setItem(kept_rooms_as, JSON.stringify([...rooms.keys()]));
  return room;
}

function kept_rooms(): string[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(kept_rooms_as) ?? "[]");
    return Array.isArray(kept) ? kept.filter((name): name is string => typeof name === "string").slice(0, 20) : [];
  } catch {
    return []; // somebody else wrote there
  }
}

let is_scheduled = false;
function changed(): void {
  if (is_scheduled) return;
  is_scheduled = true;
  requestAnimationFrame(() => {
    is_scheduled = false;
    draw();
  });
}

function draw(): void {
  const room = current();
  room.unread = 0;
  set_text(title, `#${shown}`);
  document.title = `#${shown} · Lintel chat`;
  messages.show(room);
  const who = room.typists();
  set_text(
    typists,
    who.length === 0
      ? "\u00a0"
      : who.length === 1
        ? `${who[0]} is typing …`
        : `${who.slice(0, 3).join(", ")} are typing …`,
  );
  draw_people(room);
  draw_rooms();
  const all = [...rooms.values()];
  self.count_messages(
    all.reduce((sum, r) => sum + r.sent, 0),
    all.reduce((sum, r) => sum + r.acknowledged, 0),
  );
}

// A button that is replaced between press and release is never clicked: lists are drawn anew when they have changed.
const drawn = new Map<HTMLElement, string>();
function is_as_drawn(list: HTMLElement, content: unknown): boolean {
  const wanted = JSON.stringify(content);
  if (drawn.get(list) === wanted) return true;
  drawn.set(list, wanted);
  return false;
}

function draw_rooms(): void {
  if (is_as_drawn(room_list, [shown, ...[...rooms].map(([name, { unread }]) => [name, unread > 0])])) return;
  room_list.replaceChildren(
    ...[...rooms].map(([name, each]) =>
      h(
        "li",
        {},
        h(
          "button",
          {
            type: "button",
            class: "room",
            ...(name === shown && { "aria-current": "true" }),
            onclick: () => go_to(name),
          },
          h("span", {}, `#${name}`),
          each.unread > 0 && h("span", { class: "unread", "aria-label": "unread" }, "●"),
        ),
      ),
    ),
  );
}

function draw_people(room: Room): void {
  people.hidden = room.people === null;
  if (room.people === null || is_as_drawn(people, [shown, room.people, room.head_count, own_name()])) return;
  set_text(people_title, `${plural(room.head_count ?? room.people.length, "person", "people")} here`);
  people_list.replaceChildren(
    ...room.people.slice(0, 100).map((name) => {
      const dot = h("span", { class: "avatar", "aria-hidden": "true" }, name.slice(0, 1).toUpperCase());
      dot.style.setProperty("--hue", String(hue_of(name)));
      return h("li", {}, dot, name, name === own_name() && h("span", { class: "hint" }, "you"));
    }),
  );
}

function go_to(name: string): void {
  shown = name;
  history.replaceState(null, "", `#room=${encodeURIComponent(name)}`);
  current();
  draw();
  input.focus();
}

function composer(): HTMLElement {
  const form = h("form", { class: "composer" }, input, h("button", { class: "primary" }, "Send"));
  const send = (): void => {
    const body = input.value.trim();
    if (body === "") return;
    current().say(body);
    input.value = "";
    input.focus();
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    send();
  });
  input.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    send();
  });
  input.addEventListener("input", () => input.value !== "" && current().we_type());
  return form;
}

function name_field(): HTMLElement {
  const field = h("input", {
    type: "text",
    id: "name",
    value: own_name(),
    maxlength: name_max,
    autocomplete: "off",
    spellcheck: "false",
  });
  field.addEventListener("change", () => {
    if (field.value.trim() === "") field.value = own_name();
    keep_name(field.value);
    rooms.forEach((room) => room.leave());
    server.reconnect(); // a connection is of the user who opened it
    rooms.forEach((room) => room.rejoin());
  });
  return h("div", { class: "name-field" }, h("label", { for: "name" }, "Your name in this tab"), field);
}

function room_form(): HTMLElement {
  const field = h("input", {
    type: "text",
    placeholder: "another room",
    "aria-label": "Enter another room",
    autocomplete: "off",
    spellcheck: "false",
    maxlength: 60,
    pattern: "[A-Za-z0-9_.:~@$%&*+=!\\/?\\-]+",
  });
  const form = h("form", { class: "row" }, field, h("button", { class: "quiet" }, "Enter"));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const name = field.value.trim().replace(/^#|^room:/, "");
    field.value = "";
    if (name !== "") go_to(name);
  });
  return form;
}

const { bar, follow } = top_bar("chat");
follow(server);
must_find("#app").replaceChildren(
  bar,
  h(
    "main",
    { class: "chat" },
    h(
      "aside",
      { class: "side" },
      h("section", { class: "card rooms", "aria-label": "Rooms" }, h("h2", {}, "Rooms"), room_list, room_form()),
      name_field(),
      h("a", { class: "hint", href: "/chat", target: "_blank", rel: "noopener" }, "Open another tab: somebody else"),
    ),
    h(
      "section",
      { class: "card talk" },
      h("div", { class: "card-head" }, title),
      messages.element,
      typists,
      composer(),
    ),
    h("aside", { class: "side" }, self.element, people),
  ),
);
for (const name of new Set(["lobby", ...kept_rooms(), shown])) if (!rooms.has(name)) enter(name);
draw();
input.focus();
