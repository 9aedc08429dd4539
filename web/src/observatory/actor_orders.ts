// What one may do to an actor: buttons that stay the same as long as the actor is shown.
import { h } from "../shared/dom";

const stall_ms = 2000;

type Order = (name: string, said: string, payload?: object) => void;

function order_button(label: string, title: string, is_kill: boolean, onclick: () => void): HTMLElement {
  return h("button", { type: "button", class: is_kill ? "kill" : "", title, onclick }, label);
}

export class ActorOrders {
  readonly element: HTMLElement;
  private readonly kill: HTMLElement;
  private readonly others: HTMLElement[];

  constructor(id: string, may_stall: boolean, order: Order) {
    this.kill = order_button("Kill", "End this incarnation between two messages; free", true, () =>
      order("kill", `Killed ${id}`),
    );
    this.others = [
      order_button("Crash", "Throw inside its handler; spends one of its restarts", true, () =>
        order("crash", `Crashed ${id}`),
      ),
    ];
    if (may_stall)
      this.others.push(
        order_button("Stall 2 s", "Its handler sleeps for two seconds", false, () =>
          order("stall", `${id} sleeps for two seconds`, { for_ms: stall_ms }),
        ),
        order_button("Poison", "The handler of its next message throws", false, () =>
          order("poison", `The next message of ${id} is poison`),
        ),
      );
    this.element = h("div", { class: "buttons row" }, this.kill, ...this.others);
  }

  /// Who has no handler of letters can be killed, not crashed.
  show(is_there: boolean, has_handler: boolean): void {
    this.element.hidden = !is_there;
    this.others.forEach((button) => (button.hidden = !has_handler));
  }
}
