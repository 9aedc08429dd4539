// A join that recovers while others talk: where what was missed ends, the live messages begin. The cases are those of
// centrifuge's tests of its merge of publications, each by its name there where it has one.
import assert from "node:assert/strict";
import { describe } from "node:test";
import { eventually } from "./support/inbox.mjs";
import { stream_member as member } from "./support/stream_member.mjs";
import { fresh_topic, it, world } from "./support/world.mjs";

const lintel = world();
const recover_count_max = 300; // actors/room_history.hpp
const kept = 100; // of room:*
const kinds = { "in memory": () => fresh_topic(), "on disk": () => fresh_topic().replace("room:", "log:") };

/// Talks until it is stopped; resolves to how much it said.
function talking(speaker, from = 1) {
  let is_over = false;
  const done = (async () => {
    let n = from;
    for (; !is_over; n++) await speaker.push(n);
    return n - 1;
  })();
  return () => {
    is_over = true;
    return done;
  };
}

/// The topic's history begins anew; resolves to its new epoch. A durable topic waits until nothing is under way.
async function reset(topic) {
  return eventually(async () => (await lintel.control.run("reset", { topic })).epoch);
}

const numbered = (from, to) => Array.from({ length: to - from + 1 }, (_, i) => [from + i, from + i]);

for (const [kind, topic_of] of Object.entries(kinds)) {
  describe(`a topic that is kept ${kind}`, () => {
    it("buffered: what is said while it joins comes behind what it missed, once", async () => {
      const topic = topic_of();
      const speaker = await member.join(lintel, topic, true);
      const { epoch } = speaker.stream;
      const stop = talking(speaker);
      const joins = [];
      for (let i = 0; i < 20; i++) {
        const newcomer = await member.join(lintel, topic, { epoch, offset: 0 });
        if (newcomer.stream.recovered) joins.push(newcomer);
      }
      const last = await stop();
      assert.ok(joins.length > 0);
      for (const newcomer of joins) assert.deepEqual(await newcomer.heard_until(last), numbered(1, last));
    });

    it("all filtered: who has heard everything is sent nothing again", async () => {
      const topic = topic_of();
      const speaker = await member.join(lintel, topic, true);
      await speaker.push_all(1, 20);
      const newcomer = await member.join(lintel, topic, { epoch: speaker.stream.epoch, offset: 20 });
      assert.deepEqual(newcomer.stream, { epoch: speaker.stream.epoch, offset: 20, recovered: true, count: 0 });
      assert.deepEqual(await newcomer.fence(), []);
      await speaker.push(21);
      assert.deepEqual(await newcomer.heard(), [21, 21]);
    });

    it("wrong epoch, empty epoch: nothing is sent again, and it is told", async () => {
      const topic = topic_of();
      const speaker = await member.join(lintel, topic, true);
      await speaker.push_all(1, 5);
      for (const epoch of ["0", "", `${speaker.stream.epoch}0`]) {
        const newcomer = await member.join(lintel, topic, { epoch, offset: 3 });
        assert.deepEqual(newcomer.stream,
          { epoch: speaker.stream.epoch, offset: 5, recovered: false, count: 0 }, `epoch "${epoch}"`);
        assert.deepEqual(await newcomer.fence(), []);
      }
    });

    it("an offset of the future is a gap that is told, whoever made it up", async () => {
      const topic = topic_of();
      const speaker = await member.join(lintel, topic, true);
      await speaker.push_all(1, 5);
      const newcomer = await member.join(lintel, topic, { epoch: speaker.stream.epoch, offset: 6 });
      assert.deepEqual(newcomer.stream, { ...newcomer.stream, offset: 5, recovered: false, count: 0 });
      await speaker.push(6);
      assert.deepEqual(await newcomer.heard(), [6, 6]);
    });

    it("live boundary: pushes that are under way when it joins are heard once, behind its answer", async () => {
      const topic = topic_of();
      const speaker = await member.join(lintel, topic, true);
      for (let round = 0; round < 10; round++) {
        const pushed = speaker.push_all(round * 8 + 1, round * 8 + 8);
        const newcomer = await member.join(lintel, topic, { epoch: speaker.stream.epoch, offset: round * 8 });
        await pushed;
        assert.equal(newcomer.stream.recovered, true);
        assert.deepEqual(await newcomer.heard_until(round * 8 + 8), numbered(round * 8 + 1, round * 8 + 8));
      }
    });

    it("rejoin: two joins in one breath each get their own answer, and the messages of the last are complete",
      async () => {
        const topic = topic_of();
        const speaker = await member.join(lintel, topic, true);
        const { epoch } = speaker.stream;
        await speaker.push_all(1, 10);
        const raw = await lintel.raw();
        raw.send(["1", "1", topic, "phx_join", { recover: { epoch, offset: 2 } }]);
        raw.send(["2", "2", topic, "phx_join", { recover: { epoch, offset: 7 } }]);
        await raw.next("second answer", ({ message: m }) => m[1] === "2");
        await speaker.push(11);
        const heard = [];
        while (heard.at(-1)?.[1] !== "@11")
          heard.push((await raw.next("message", ({ message: m }) => m[3] === "said")).message);
        const of = (join_ref) => heard.filter((m) => m[0] === join_ref).map((m) => m[1]);
        assert.deepEqual(of("1"), ["@3", "@4", "@5", "@6", "@7", "@8", "@9", "@10"]);
        assert.deepEqual(of("2"), ["@8", "@9", "@10"]);
        assert.deepEqual(of(null), ["@11"]);
      });

    it("disconnect race: a socket that is lost in the middle of its join leaves no ghost", async () => {
      const topic = topic_of();
      const speaker = await member.join(lintel, topic, true);
      await speaker.push_all(1, 50);
      for (let i = 0; i < 40; i++) {
        const tcp = await lintel.tcp();
        tcp.send(1, JSON.stringify(["1", "1", topic, "phx_join",
          { recover: { epoch: speaker.stream.epoch, offset: i } }]));
        if (i % 4 >= 2) await new Promise((resolve) => setImmediate(resolve)); // time enough to read it, perhaps
        if (i % 2 === 0) tcp.socket.resetAndDestroy();
        else tcp.disconnect();
      }
      await speaker.push(51);
      await eventually(async () => {
        const room = (await lintel.control.run("rooms")).find(({ id }) => id === topic);
        assert.equal(room.members, 1, JSON.stringify(room));
      });
    });

    it("join and leave in one breath are answered in their order, with nothing behind the leave", async () => {
      const topic = topic_of();
      const speaker = await member.join(lintel, topic, true);
      const { epoch } = speaker.stream;
      await speaker.push_all(1, 5);
      const raw = await lintel.raw();
      for (const ref of ["1", "2", "3"]) {
        raw.send([ref, ref, topic, "phx_join", { recover: { epoch, offset: 4 } }]);
        raw.send([ref, `${ref}0`, topic, "phx_leave", {}]);
      }
      raw.send([null, "fence", "phoenix", "heartbeat", {}]);
      await raw.next("last close", ({ message: m }) => m[3] === "phx_close" && m[0] === "3");
      await speaker.push(6);
      raw.send([null, "fence", "phoenix", "heartbeat", {}]);
      await raw.next("fence", ({ message: m }) => m[1] === "fence");
      const seen = raw.frames.all.map(({ message: m }) => m).filter((m) => m[2] === topic)
        .map((m) => `${m[0]} ${m[3] === "said" ? m[1] : m[3]}`);
      assert.deepEqual(seen, ["1", "2", "3"].flatMap((ref) =>
        [`${ref} phx_reply`, `${ref} @5`, `${ref} phx_reply`, `${ref} phx_close`]));
    });

    it("epoch flip storm: everybody hears of each reset, and offsets begin anew behind it", async () => {
      const topic = topic_of();
      const speaker = await member.join(lintel, topic, true);
      const listener = await member.join(lintel, topic, true);
      const stop = talking(speaker);
      const epochs = [listener.stream.epoch];
      for (let flip = 0; flip < 25; flip++) {
        epochs.push(await reset(topic));
        const newcomer = await member.join(lintel, topic, { epoch: epochs.at(-2), offset: 1 });
        assert.equal(newcomer.stream.recovered, false);
        assert.equal(newcomer.stream.epoch, epochs.at(-1));
        await newcomer.raw.disconnect();
      }
      const last = await stop();
      let [epoch, offset] = [epochs[0], 0];
      for (let n = 0; n !== last;) {
        const { message } = await listener.raw.next("message", ({ message: m }) => /^(said|stream_reset)$/.test(m[3]));
        if (message[3] === "stream_reset") {
          assert.deepEqual(message[4], { epoch: epochs[epochs.indexOf(epoch) + 1], offset: 0 });
          [epoch, offset] = [message[4].epoch, 0];
        } else {
          assert.deepEqual([message[1], message[4].n], [`@${offset + 1}`, n + 1]);
          [offset, n] = [offset + 1, message[4].n];
        }
      }
      assert.equal(epoch, epochs.at(-1));
      assert.equal(new Set(epochs).size, 26);
    });

    it("join and leave order on a quick disconnect: no leave without its join, and no ghost", async () => {
      const topic = topic_of();
      const watcher = await lintel.raw();
      watcher.send(["1", "1", topic, "phx_join", { presence: { key: "watcher", meta: {} } }]);
      await watcher.next("presence_state", ({ message: m }) => m[3] === "presence_state");
      for (let i = 0; i < 40; i++) {
        const tcp = await lintel.tcp();
        tcp.send(1, JSON.stringify(["1", "1", topic, "phx_join", { presence: { key: `quick${i}`, meta: {} } }]));
        if (i % 4 >= 2) await tcp.frames.next("answer", ({ opcode }) => opcode === 1);
        if (i % 2 === 0) tcp.socket.resetAndDestroy();
        else tcp.disconnect();
      }
      await eventually(async () =>
        assert.equal((await lintel.control.run("rooms")).find(({ id }) => id === topic).members, 1));
      const there = new Set();
      const last = await lintel.raw();
      last.send(["1", "1", topic, "phx_join", { presence: { key: "last", meta: {} } }]);
      while (!there.has("last")) {
        const { message } = await watcher.next("presence_diff", ({ message: m }) => m[3] === "presence_diff");
        Object.keys(message[4].joins).forEach((key) => there.add(key));
        for (const key of Object.keys(message[4].leaves)) assert.ok(there.delete(key), `${key} left before it came`);
      }
      const state = (await last.next("presence_state", ({ message: m }) => m[3] === "presence_state")).message[4];
      assert.deepEqual(Object.keys(state).filter((key) => key.startsWith("quick")), []);
    });

    it("the room is killed between a push and a join, again and again: no gap, nothing twice", async () => {
      const topic = topic_of();
      const speaker = await member.join(lintel, topic, true);
      const { epoch } = speaker.stream;
      for (let round = 0; round < 10; round++) {
        const pushed = speaker.push_all(round * 4 + 1, round * 4 + 4);
        const killed = lintel.control.run("kill", { ids: [topic] });
        const newcomer = await member.join(lintel, topic, { epoch, offset: round * 4 });
        await Promise.all([pushed, killed]);
        assert.equal(newcomer.stream.recovered, true);
        assert.deepEqual(await newcomer.heard_until(round * 4 + 4), numbered(round * 4 + 1, round * 4 + 4));
      }
    });
  });
}

it("gap: what memory no longer has is not recovered, and what is live goes on behind it", async () => {
  const topic = fresh_topic();
  const speaker = await member.join(lintel, topic, true);
  await speaker.push_all(1, kept + 5);
  const { epoch } = speaker.stream;
  const late = await member.join(lintel, topic, { epoch, offset: 4 });
  assert.deepEqual(late.stream, { epoch, offset: kept + 5, recovered: false, count: 0 });
  const in_time = await member.join(lintel, topic, { epoch, offset: 5 });
  assert.deepEqual(in_time.stream, { epoch, offset: kept + 5, recovered: true, count: kept });
  assert.deepEqual(await in_time.heard_until(kept + 5), numbered(6, kept + 5));
  await speaker.push(kept + 6);
  assert.deepEqual(await late.heard(), [kept + 6, kept + 6]);
});

it("limit: 300 missed messages are recovered, 301 are not, but can be read page by page", async () => {
  const topic = fresh_topic().replace("room:", "log:");
  const speaker = await member.join(lintel, topic, true);
  for (let from = 1; from <= recover_count_max + 1; from += 43) await speaker.push_all(from, Math.min(from + 42, 301));
  const { epoch } = speaker.stream;
  const in_time = await member.join(lintel, topic, { epoch, offset: 1 });
  assert.deepEqual(in_time.stream, { epoch, offset: 301, recovered: true, count: 300 });
  assert.deepEqual(await in_time.heard_until(301), numbered(2, 301));
  const late = await member.join(lintel, topic, { epoch, offset: 0 });
  assert.deepEqual(late.stream, { epoch, offset: 301, recovered: false, count: 0 });
  const pages = [];
  while (pages.length < 301) {
    late.raw.send([null, "page", topic, "history", { after: pages.length, limit: 100 }]);
    const { message } = await late.raw.next("page", ({ message: m }) => m[1] === "page");
    pages.push(...message[4].response.messages.map(({ offset, payload }) => [offset, payload.n]));
  }
  assert.deepEqual(pages, numbered(1, 301));
});
