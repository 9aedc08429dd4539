import assert from "node:assert/strict";

/// One socket, one topic, and the offsets and numbers of the messages that come.
export class stream_member {
  /// `world`: the test's.
  static async join(world, topic, recover, ref = "1") {
    const it = new stream_member(await world.raw(), topic);
    await it.rejoin(recover, ref);
    return it;
  }

  constructor(raw, topic) {
    Object.assign(this, { raw, topic });
  }

  async rejoin(recover, ref) {
    this.raw.send([ref, ref, this.topic, "phx_join", { recover }]);
    const { message } = await this.raw.next("answer to the join", ({ message: m }) => m[1] === ref);
    assert.equal(message[4].status, "ok", JSON.stringify(message));
    this.stream = message[4].response.stream;
  }

  /// What it heard next: [offset, n].
  async heard() {
    const { message } = await this.raw.next("message", ({ message: m }) => m[3] === "said");
    return [Number(message[1].slice(1)), message[4].n];
  }
  async heard_until(last) {
    const all = [];
    while (all.at(-1)?.[0] !== last) all.push(await this.heard());
    return all;
  }

  async push(n, more = {}) {
    const ref = `push ${n}`;
    this.raw.send([null, ref, this.topic, "said", { n, ...more }]);
    const { message } = await this.raw.next("answer to a push", ({ message: m }) => m[1] === ref);
    assert.equal(message[4].status, "ok", JSON.stringify(message));
    return message[4].response.offset;
  }
  async push_all(from, to) {
    const refs = new Set();
    for (let n = from; n <= to; n++) {
      refs.add(`push ${n}`);
      this.raw.send([null, `push ${n}`, this.topic, "said", { n }]);
    }
    while (refs.size > 0) {
      const { message } = await this.raw.next("answer to a push", ({ message: m }) => refs.has(m[1]));
      assert.equal(message[4].status, "ok", JSON.stringify(message));
      refs.delete(message[1]);
    }
  }

  /// Everything said so far has been heard: nothing may lie before this answer.
  async fence() {
    this.raw.send([null, "fence", this.topic, "ping", {}]);
    await this.raw.next("fence", ({ message: m }) => m[1] === "fence");
    return this.raw.frames.unread().filter(({ message: m }) => m[3] === "said");
  }
}
