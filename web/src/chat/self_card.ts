// The connection of this very tab as an actor: its id, its incarnation, and a button that kills it.
import { h, set_text } from "../shared/dom";
import { count, plural } from "../shared/format";
import { push_now, type Server } from "../shared/server";
import { complain } from "../shared/toast";

interface Self {
  id: string;
  incarnation: number;
}

export class SelfCard {
  readonly element: HTMLElement;
  private readonly id = h("output", { class: "id", id: "self-id" }, "…");
  private readonly incarnation = h("output", { class: "incarnation-number", id: "self-incarnation" }, "–");
  private readonly tally = h("p", { class: "hint", id: "tally" }, "\u00a0");
  private now: Self | null = null;
  private survived = 0;

  constructor(
    server: Server,
    private readonly restarted: (from: number, to: number) => void,
  ) {
    const channel = server.socket.channel("$sys:self", {});
    channel.on("self", (self: Self) => this.show(self));
    server.join(channel, true).receive("ok", (self: Self) => this.show(self));
    const kill = h(
      "button",
      {
        type: "button",
        class: "kill big",
        id: "kill-me",
        onclick: () => void push_now<Self>(channel, "kill_me", {}).catch(complain("Not killed")),
      },
      "Kill it",
    );
    this.element = h(
      "section",
      { class: "card self", "aria-labelledby": "self-title" },
      h("h2", { id: "self-title" }, "Your connection is an actor"),
      h(
        "div",
        { class: "self-who" },
        h("div", {}, h("span", { class: "hint" }, "id"), this.id),
        h("div", {}, h("span", { class: "hint" }, "incarnation"), this.incarnation),
      ),
      kill,
      this.tally,
    );
  }

  count_messages(sent: number, acknowledged: number): void {
    const killed = this.survived === 0 ? "Kill it, and go on typing." : `Killed ${plural(this.survived, "time")}.`;
    set_text(
      this.tally,
      sent === 0 ? killed : `${killed} ${count(acknowledged)} of ${plural(sent, "message")} acknowledged.`,
    );
  }

  private show(self: Self): void {
    const before = this.now;
    this.now = self;
    set_text(this.id, self.id);
    set_text(this.incarnation, count(self.incarnation));
    if (before === null || before.id !== self.id || before.incarnation === self.incarnation) return;
    this.survived += self.incarnation - before.incarnation;
    this.incarnation.classList.remove("reborn");
    void this.incarnation.offsetWidth; // starts the animation anew
    this.incarnation.classList.add("reborn");
    this.restarted(before.incarnation, self.incarnation);
  }
}
