// Sessions (`sid`) and acknowledgements (`ack`): what XEP-0198's suites ask of a resumed stream, asked of ours. A case
// has the name that it has in MongooseIM's sm_SUITE where there is one.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { describe } from "node:test";
import { eventually, within } from "./support/inbox.mjs";
import { fresh_topic, it, world } from "./support/world.mjs";

const lintel = world();
const kicked_code = 1001;

const fresh_sid = () => randomBytes(12).toString("hex");
const fresh_log = () => fresh_topic().replace("room:", "log:");

/// A socket of a session in one topic.
class session {
  static async join(topic, sid, recover = true) {
    const it = new session(await lintel.raw({ params: `vsn=2.0.0${sid ? `&sid=${sid}` : ""}` }), topic);
    const { status, response } = await it.ask("phx_join", { recover }, "1");
    assert.equal(status, "ok", JSON.stringify(response));
    it.stream = response.stream;
    return it;
  }

  #refs = 1;

  constructor(raw, topic) {
    Object.assign(this, { raw, topic });
  }

  send(event, payload, ref = String(++this.#refs)) {
    this.raw.send(["1", ref, this.topic, event, payload]);
    return ref;
  }
  async answer(ref) {
    const { message } = await this.raw.next(`answer to ${ref}`,
      ({ message: m }) => m[3] === "phx_reply" && m[1] === ref);
    return message[4];
  }
  ask(event, payload, ref) {
    return this.answer(this.send(event, payload, ref));
  }

  async say(from, to) {
    for (let n = from; n <= to; n++) assert.equal((await this.ask("said", { n })).status, "ok");
  }
  /// An acknowledgement has no answer unless it is wrong; a ping behind it has.
  async ack(offset) {
    const ref = this.send("ack", { offset });
    await this.ask("ping", {});
    return this.raw.frames.unread(({ message: m }) => m[1] === ref).map(({ message: m }) => m[4]);
  }

  async heard_until(last) {
    const all = [];
    while (all.at(-1) !== last) {
      const { message } = await this.raw.next("message", ({ message: m }) => m[3] === "said");
      assert.equal(message[1], `@${message[4].n}`);
      all.push(message[4].n);
    }
    return all;
  }

  /// Lost as a radio link is: nobody says goodbye.
  lose() {
    this.raw.socket._socket.resetAndDestroy();
  }
}

const numbers = (from, to) => Array.from({ length: to - from + 1 }, (_, i) => from + i);

for (const [kind, fresh] of [["memory", fresh_topic], ["durable", fresh_log]]) {
  describe(`${kind} topics`, () => {
    it("resend_unacked_on_reconnection, preserve_order: what was not acknowledged comes again, in order", async () => {
      const [topic, sid] = [fresh(), fresh_sid()];
      const speaker = await session.join(topic);
      const first = await session.join(topic, sid);
      await speaker.say(1, 10);
      assert.deepEqual(await first.heard_until(10), numbers(1, 10));
      assert.deepEqual(await first.ack(4), []);
      first.lose();
      await speaker.say(11, 15);
      const second = await session.join(topic, sid);
      assert.deepEqual(second.stream, { epoch: first.stream.epoch, offset: 15, recovered: true, count: 11 });
      assert.deepEqual(await second.heard_until(15), numbers(5, 15));
    });

    it("resume_session_with_ack: nothing is left to send again", async () => {
      const [topic, sid] = [fresh(), fresh_sid()];
      const speaker = await session.join(topic);
      const first = await session.join(topic, sid);
      await speaker.say(1, 3);
      await first.ack(3);
      first.lose();
      const second = await session.join(topic, sid);
      assert.deepEqual(second.stream, { epoch: first.stream.epoch, offset: 3, recovered: true, count: 0 });
      await speaker.say(4, 4);
      assert.deepEqual(await second.heard_until(4), [4]);
    });

    it("resume_session, without ack: it is told that the server does not know where it was", async () => {
      const [topic, sid] = [fresh(), fresh_sid()];
      const speaker = await session.join(topic);
      const first = await session.join(topic, sid);
      await speaker.say(1, 3);
      first.lose();
      const second = await session.join(topic, sid);
      assert.deepEqual(second.stream, { epoch: first.stream.epoch, offset: 3, recovered: false, count: 0 });
    });

    it("a position that the client names counts more than what it acknowledged", async () => {
      const [topic, sid] = [fresh(), fresh_sid()];
      const speaker = await session.join(topic);
      const first = await session.join(topic, sid);
      await speaker.say(1, 5);
      await first.ack(2);
      first.lose();
      const second = await session.join(topic, sid, { epoch: first.stream.epoch, offset: 4 });
      assert.deepEqual(await second.heard_until(5), [5]);
    });

    it("an acknowledgement that comes late, behind a later one, takes nothing back", async () => {
      const [topic, sid] = [fresh(), fresh_sid()];
      const speaker = await session.join(topic);
      const first = await session.join(topic, sid);
      await speaker.say(1, 5);
      await first.ack(4);
      await first.ack(1);
      first.lose();
      const second = await session.join(topic, sid);
      assert.deepEqual(await second.heard_until(5), [5]);
    });

    it("resume_dead_session, resume_expired_session: a session nobody knows begins anew, and is told so", async () => {
      const topic = fresh();
      const speaker = await session.join(topic);
      await speaker.say(1, 3);
      const stranger = await session.join(topic, fresh_sid());
      assert.deepEqual({ ...stranger.stream, epoch: "" }, { epoch: "", offset: 3, recovered: false, count: 0 });
    });

    it("one session's acknowledgement is not another's", async () => {
      const [topic, sid] = [fresh(), fresh_sid()];
      const speaker = await session.join(topic);
      const first = await session.join(topic, sid);
      await speaker.say(1, 3);
      await first.ack(3);
      const other = await session.join(topic, `${sid}x`);
      assert.equal(other.stream.recovered, false);
    });

    it("client_acks_more_than_sent: refused, without harm to its socket or to what it acknowledged", async () => {
      const [topic, sid] = [fresh(), fresh_sid()];
      const speaker = await session.join(topic);
      const first = await session.join(topic, sid);
      await speaker.say(1, 3);
      await first.ack(2);
      for (const offset of [4, 5, 2 ** 40])
        assert.deepEqual(await first.ack(offset),
          [{ status: "error", response: { reason: "acknowledges what was not sent" } }], `ack of ${offset}`);
      first.lose();
      const second = await session.join(topic, sid);
      assert.deepEqual(await second.heard_until(3), [3]);
    });

    it("messages_during_resumption: who comes back while others talk hears all of it, once", async () => {
      const [topic, sid] = [fresh(), fresh_sid()];
      const speaker = await session.join(topic);
      let current = await session.join(topic, sid);
      let [is_over, said] = [false, 0];
      const talk = (async () => {
        while (!is_over) await speaker.say(++said, said);
      })();
      let heard = 0;
      for (let loss = 0; loss < 8; loss++) {
        const until = heard + 5;
        assert.deepEqual(await current.heard_until(until), numbers(heard + 1, until));
        heard = until;
        assert.deepEqual(await current.ack(heard), []);
        current.lose();
        current = await session.join(topic, sid);
        assert.equal(current.stream.recovered, true);
      }
      is_over = true;
      await talk;
      assert.deepEqual(await current.heard_until(said), numbers(heard + 1, said));
    });

    it("replies_are_processed_by_resumed_session: a push whose answer was lost is answered again, and said once",
      async () => {
        const [topic, sid] = [fresh(), fresh_sid()];
        const listener = await session.join(topic);
        const first = await session.join(topic, sid);
        first.send("said", { n: 1, idem: "order 66" });
        await listener.heard_until(1); // it is said; now its sender's socket goes
        first.lose();
        const second = await session.join(topic, sid);
        const { status, response } = await second.ask("said", { n: 1, idem: "order 66" });
        assert.deepEqual([status, response], ["ok", { offset: 1, duplicate: true }]);
        assert.equal((await second.ask("said", { n: 2, idem: "order 67" })).response.offset, 2);
        assert.deepEqual(await listener.heard_until(2), [2]);
      });

    it("resume twice, pipelined: each join is answered, and the last one's messages are complete", async () => {
      const [topic, sid] = [fresh(), fresh_sid()];
      const speaker = await session.join(topic);
      const first = await session.join(topic, sid);
      await speaker.say(1, 6);
      await first.ack(2);
      first.lose();
      const raw = await lintel.raw({ params: `vsn=2.0.0&sid=${sid}` });
      for (const ref of ["1", "2"]) raw.send([ref, ref, topic, "phx_join", { recover: true }]);
      await raw.next("the old channel's close", ({ message: m }) => m[3] === "phx_close" && m[0] === "1");
      raw.send(["2", "fence", topic, "ping", {}]);
      await raw.next("fence", ({ message: m }) => m[1] === "fence");
      const of = (join_ref) => raw.frames.all.filter(({ message: m }) => m[3] === "said" && m[0] === join_ref)
        .map(({ message: m }) => m[4].n);
      assert.deepEqual([of("1"), of("2")], [numbers(3, 6), numbers(3, 6)]);
    });
  });
}

describe("one session has one socket", () => {
  it("old_session_is_closed_gracefully: the old socket is closed with 1001 when another takes over", async () => {
    const [topic, sid] = [fresh_topic(), fresh_sid()];
    const first = await session.join(topic, sid);
    const second = await session.join(topic, sid);
    assert.equal(await first.raw.close_code(), kicked_code);
    await second.say(1, 1);
    assert.deepEqual(await second.heard_until(1), [1]);
  });

  it("ten sockets of one session at once: one stays, and it works", async () => {
    const [topic, sid] = [fresh_topic(), fresh_sid()];
    const raws = await Promise.all(Array.from({ length: 10 }, () => lintel.raw({ params: `vsn=2.0.0&sid=${sid}` })));
    await eventually(() => assert.equal(raws.filter(({ socket }) => socket.readyState === socket.OPEN).length, 1));
    const [left] = raws.filter(({ socket }) => socket.readyState === socket.OPEN);
    assert.deepEqual((await left.join(topic))[4].status, "ok");
    for (const raw of raws.filter((each) => each !== left)) assert.equal(await raw.close_code(), kicked_code);
  });

  it("the session that was taken over has left its rooms", async () => {
    const [topic, sid] = [fresh_topic(), fresh_sid()];
    const first = await session.join(topic, sid);
    await session.join(topic, sid);
    await within(first.raw.closed, "end of the old socket");
    await eventually(async () => {
      const room = (await lintel.control.run("rooms")).find(({ id }) => id === topic);
      assert.equal(room.members, 1);
    });
  });

  it("a session that comes back after it was taken over takes over in its turn", async () => {
    const [topic, sid] = [fresh_topic(), fresh_sid()];
    for (let turn = 0; turn < 4; turn++) {
      const before = await session.join(topic, sid);
      await session.join(topic, sid);
      assert.equal(await before.raw.close_code(), kicked_code);
    }
  });

  it("two that share a sid do not take it from each other for ever", async () => {
    const params = `vsn=2.0.0&sid=${fresh_sid()}`;
    let last = await lintel.raw({ params });
    for (let move = 0; move < 20; move++) last = await lintel.raw({ params });
    await lintel.control.counts({ sessions_contested: 1 }, () => assert.rejects(lintel.raw({ params }), /429/));
    last.send([null, "1", "phoenix", "heartbeat", {}]);
    await last.next("the holder's heartbeat", ({ message: m }) => m[1] === "1");
  });

  it("takeovers are counted", async () => {
    const sid = fresh_sid();
    await lintel.raw({ params: `vsn=2.0.0&sid=${sid}` });
    await lintel.control.counts({ sessions_taken_over: 1 }, () => lintel.raw({ params: `vsn=2.0.0&sid=${sid}` }));
  });
});

describe("what is refused", () => {
  it("acknowledging without a session", async () => {
    const topic = fresh_topic();
    const nobody = await session.join(topic);
    await nobody.say(1, 1);
    assert.deepEqual(await nobody.ack(1),
      [{ status: "error", response: { reason: "acknowledging needs a session" } }]);
  });

  for (const payload of [{}, { offset: -1 }, { offset: 1.5 }, { offset: "1" }, { offset: null }, { offset: 2 ** 53 }])
    it(`ack ${JSON.stringify(payload)}`, async () => {
      const one = await session.join(fresh_topic(), fresh_sid());
      assert.deepEqual(await one.ask("ack", payload), { status: "error", response: { reason: "invalid offset" } });
    });

  for (const sid of ["short", "x".repeat(129), "with%20blanks%20in%20it", "semi;colon;semi;colon"])
    it(`a sid such as ${sid.slice(0, 24)}`, async () => {
      await assert.rejects(lintel.raw({ params: `vsn=2.0.0&sid=${sid}` }), /400/);
    });
});
