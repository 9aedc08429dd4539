/// The longest a test waits for one event. Generous: sanitizer builds run this suite too.
export const wait_ms_max = 5_000;

/// Events in the order they arrived, and a way to wait for the next one that matches.
/// Every wait has a deadline, and its error tells what was waited for and what came instead.
export class inbox {
  all = [];
  #unread = [];
  #waiting = [];
  #end = null;

  constructor(name) {
    this.name = name;
  }

  put(item) {
    this.all.push(item);
    const index = this.#waiting.findIndex((waiter) => waiter.matches(item));
    if (index < 0) return void this.#unread.push(item);
    const [waiter] = this.#waiting.splice(index, 1);
    clearTimeout(waiter.deadline);
    waiter.resolve(item);
  }

  /// Takes the oldest unread item that matches; the ones before it stay unread.
  next(what, matches = () => true, ms = wait_ms_max) {
    const index = this.#unread.findIndex(matches);
    if (index >= 0) return Promise.resolve(this.#unread.splice(index, 1)[0]);
    // Made here, not in the timer, so that its stack names the waiting test.
    const late = new Error();
    return new Promise((resolve, reject) => {
      const waiter = { matches, resolve };
      waiter.give_up = (why) => {
        clearTimeout(waiter.deadline);
        late.message = `${this.name}: no ${what}: ${why}; unread: ${show(this.#unread)}`;
        reject(late);
      };
      if (this.#end !== null) return waiter.give_up(this.#end);
      waiter.deadline = setTimeout(() => {
        this.#waiting.splice(this.#waiting.indexOf(waiter), 1);
        waiter.give_up(`nothing within ${ms} ms`);
      }, ms);
      this.#waiting.push(waiter);
    });
  }

  /// Nothing more will come: who waits, or waits later, is told why at once.
  end(why) {
    this.#end = why;
    this.#waiting.splice(0).forEach((waiter) => waiter.give_up(why));
  }

  /// Everything not taken yet; leaves it where it is.
  unread(matches = () => true) {
    return this.#unread.filter(matches);
  }
}

/// For state that announces no change (counters, listings): asks again until `check` is content.
export async function eventually(check, ms = wait_ms_max) {
  const deadline = Date.now() + ms;
  for (;;) {
    try {
      return await check();
    } catch (failure) {
      if (Date.now() > deadline) throw failure;
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/// `promise`, or an error naming `what` once `ms` have passed.
export function within(promise, what, ms = wait_ms_max) {
  const late = new Error(`no ${what} within ${ms} ms`);
  let deadline;
  const timeout = new Promise((_, reject) => {
    deadline = setTimeout(() => reject(late), ms);
  });
  return Promise.race([promise, timeout]).finally(() => clearTimeout(deadline));
}

function show(items) {
  const text = JSON.stringify(items.slice(-5), (_key, value) =>
    value instanceof Uint8Array ? `<${Buffer.from(value).toString("hex").slice(0, 80)}>` : value);
  return text.length > 800 ? `${text.slice(0, 800)}…` : text;
}
