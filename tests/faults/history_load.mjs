// People who talk on durable topics while we disturb: publishers that insist, subscribers that recover.
import { randomBytes } from "node:crypto";
import { delivery_checker, violations } from "./delivery_checker.mjs";
import { recovering_client } from "./recovering_client.mjs";
import { now_ms, sleep } from "./trial.mjs";

const settle_ms_max = 20_000;

export class history_load {
  checker = new delivery_checker();
  publishers = [];
  subscribers = [];
  acknowledged_ms = []; // of every push, retries included
  refusals = new Map(); // reason → how often
  last_ok = -Infinity;
  #loops = [];
  #is_talking = false;
  #wake = new Set();

  /// `window`: pushes of a publisher that may be under way. `pause_ms`: between two of them.
  constructor(port, { topics = 4, publishers = 8, subscribers = 8, window = 8, pause_ms = 5, payload_bytes = 100,
    prefix = "log:faults/", keeps_trying } = {}) {
    this.topics = Array.from({ length: topics }, (_, i) => `${prefix}${i}`);
    Object.assign(this, { window, pause_ms });
    this.pad = randomBytes(payload_bytes).toString("base64").slice(0, payload_bytes); // the disk cannot make it smaller
    const make = (kind, i) => new recovering_client(port, `${kind}${i}`, this.checker, { keeps_trying });
    this.publishers = Array.from({ length: publishers }, (_, i) => make("p", i));
    this.subscribers = Array.from({ length: subscribers }, (_, i) => make("s", i));
    this.reader = make("reader", 0);
  }

  get members() {
    return [...this.publishers, ...this.subscribers];
  }
  topic_of(index) {
    return this.topics[index % this.topics.length];
  }

  /// Everybody is a member: publishers and subscribers of one topic each, the reader of all.
  async join() {
    await Promise.all([...[this.publishers, this.subscribers].flatMap((each) =>
      each.map((client, i) => client.join(this.topic_of(i)))),
    ...this.topics.map((topic) => this.reader.join(topic))]);
  }

  talk() {
    this.#is_talking = true;
    this.#loops = this.publishers.map((client, i) => this.#publish(client, this.topic_of(i)));
  }

  async #publish(client, topic) {
    while (this.#is_talking) {
      if (client.unsettled >= this.window) await new Promise((resolve) => this.#wake.add(resolve));
      else {
        client.publish(topic, { pad: this.pad }).then((answer) => this.#settled(answer));
        await sleep(this.pause_ms);
      }
    }
  }

  #settled({ reason, ms }) {
    if (reason !== undefined) this.refusals.set(reason, (this.refusals.get(reason) ?? 0) + 1);
    else {
      this.acknowledged_ms.push(ms);
      this.last_ok = now_ms();
    }
    this.#wake.forEach((resolve) => resolve());
    this.#wake.clear();
  }

  /// Nobody says anything new; resolves when everything said is settled and everybody has heard the newest.
  async fall_silent() {
    this.#is_talking = false;
    this.#wake.forEach((resolve) => resolve());
    const is_quiet = async () => {
      if (this.publishers.some(({ unsettled }) => unsettled > 0)) return false;
      if ([...this.members, this.reader].some((client) => !client.is_open)) return false;
      const newest = await this.newest();
      return newest !== null && [this.publishers, this.subscribers].every((each) => each.every((client, i) =>
        client.is_joined(this.topic_of(i)) && client.position(this.topic_of(i)).offset >= newest[i % newest.length]));
    };
    const began = now_ms();
    while (!await is_quiet() && now_ms() - began < settle_ms_max) await sleep(20);
    await Promise.all(this.#loops);
  }

  /// The newest offset of each topic; null: it cannot be asked now.
  async newest() {
    const answers = await Promise.all(this.topics.map((topic) => this.reader.page(topic, { limit: 1 })));
    return answers.every(({ status }) => status === "ok") ? answers.map(({ response }) => response.offset) : null;
  }

  /// Tells the checker what is stored behind what it knows, or all of it. `x`: the trial.
  async read_stored(x, { from_the_start = false } = {}) {
    for (const topic of this.topics) {
      await this.reader.joined(topic);
      const known = this.checker.last_stored(topic, this.reader.position(topic).epoch);
      const found = await stored_in(x, topic, from_the_start ? 0 : known);
      this.checker.stored(topic, found.epoch, found.entries);
    }
  }

  close() {
    this.#is_talking = false;
    this.#wake.forEach((resolve) => resolve());
    for (const client of [...this.members, this.reader]) client.close();
  }
}

/// What an operator reads behind `after`, to the end: {epoch, offset, entries}. Only members' pages are rationed.
export async function stored_in(x, topic, after = 0) {
  const entries = [];
  for (;;) {
    const page = await x.control.run("history", { topic, after, limit: 1000 });
    entries.push(...page.messages.map(({ offset, payload }) => ({ offset, key: payload.idem })));
    if (page.messages.length === 0 || entries.at(-1).offset >= page.offset)
      return { epoch: page.epoch, offset: page.offset, entries };
    after = entries.at(-1).offset;
  }
}

/// The checker's verdict as checks of the trial. `but`: kinds that this experiment does not promise.
export function judge_delivery(x, checker, { but = [] } = {}) {
  const verdict = checker.verdict();
  x.check("messages acknowledged", verdict.acknowledged.toLocaleString("en"), "some", verdict.acknowledged > 0);
  for (const [kind, name] of Object.entries(violations)) {
    const { count, samples } = verdict.violations[kind];
    if (!but.includes(kind))
      x.check(`delivery: ${name}`, count === 0 ? "0" : `${count} (${samples.join("; ")})`, "0", count === 0);
  }
  x.note(`${verdict.pushes.toLocaleString("en")} pushes, ${verdict.deliveries.toLocaleString("en")} deliveries, ` +
    `${verdict.recoveries} recoveries, ${verdict.gaps_told} gaps told`);
  return verdict;
}
