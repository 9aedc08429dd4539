// Who comes without a link is asked for a token.
import { h } from "../shared/dom";
import { sign_in, type Session } from "../shared/session";

/// Why somebody who was in, or had something to enter with, is asked.
export const reasons = {
  link: "That link was used, or is too old.",
  key:
    "The server was restarted, and has forgotten the keys of its pages. A new link is printed by `lintel ctl link` " +
    "on its machine.",
  signed_out: "Signed out, in all tabs of this browser.",
};

export function sign_in_form(why: string, done: (session: Session) => void): HTMLElement {
  const input = h("input", {
    type: "password",
    id: "token",
    autocomplete: "off",
    spellcheck: "false",
    required: true,
  });
  const problem = h("p", { class: "problem", role: "alert" }, why);
  const form = h(
    "form",
    {},
    h("label", { for: "token" }, "Token"),
    h("div", { class: "row" }, input, h("button", { class: "primary" }, "Open")),
    problem,
  );
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    sign_in(input.value.trim()).then(
      (session) =>
        session === null ? (problem.textContent = "The server does not know this token.") : done(session),
      () => (problem.textContent = "The server does not answer."),
    );
  });
  return h(
    "main",
    { class: "sign-in card" },
    h("h1", {}, "The observatory"),
    h("p", {}, "Here one sees every actor of this server, and kills them. So it asks who you are."),
    h(
      "ul",
      {},
      h("li", {}, "On the server's machine, ", h("code", {}, "lintel ctl link"), " prints a link that works once."),
      h(
        "li",
        {},
        h("code", {}, "lintel token"),
        " prints the admin's token, ",
        h("code", {}, "lintel token --role viewer"),
        " one that only looks.",
      ),
    ),
    form,
    h("p", { class: "hint" }, "The ", h("a", { href: "/chat" }, "chat"), " needs no token."),
  );
}
