// History and recovery: what a channel missed while it was away comes before everything else, once, or it is told.
import assert from "node:assert/strict";
import { describe } from "node:test";
import { msgpack_options } from "./support/msgpack_options.mjs";
import { phoenix_versions } from "./support/phoenix_client.mjs";
import { fresh_topic, it, world } from "./support/world.mjs";

const lintel = world();

/// A channel of a stock client that recovers: the recipe of docs/protocol.md, as an application would write it.
function recovering_channel(client, topic) {
  let position = true;
  const room = client.channel(topic, () => ({ recover: position }));
  room.said = [];
  room.streams = [];
  const { channel } = room;
  const { onMessage } = channel;
  channel.onMessage = (event, payload, ref) => {
    if (typeof ref === "string" && ref.startsWith("@")) {
      position.offset = Number(ref.slice(1));
      room.said.push([position.offset, payload.n]);
    }
    return onMessage.call(channel, event, payload, ref);
  };
  room.start = async () => {
    const joined = channel.join();
    joined.receive("ok", ({ stream }) => {
      room.streams.push(stream);
      position = { epoch: stream.epoch, offset: stream.offset - stream.count };
    });
    await new Promise((resolve) => joined.receive("ok", () => {
      room.lifecycle.put("join");
      if (room.count("join") === 1) resolve();
    }));
    return room;
  };
  return room;
}

/// The client's socket breaks as a radio link does: no close frame, and it comes back by itself.
function lose_socket(client) {
  client.socket.conn._socket.destroy();
}

async function publish(room, from, to) {
  for (let n = from; n <= to; ++n) assert.equal((await room.push("said", { n })).status, "ok");
}

const numbered = (from, to) => Array.from({ length: to - from + 1 }, (_, i) => [from + i, from + i]);

for (const version of phoenix_versions) {
  describe(`phoenix ${version}`, () => {
    it("misses nothing, and hears nothing twice, across four lost sockets", async () => {
      const topic = fresh_topic();
      const speaker = await (await lintel.phoenix(version)).join(topic);
      const client = await lintel.phoenix(version);
      const room = await recovering_channel(client, topic).start();
      for (let loss = 1; loss <= 4; ++loss) {
        lose_socket(client);
        await publish(speaker, 10 * loss - 9, 10 * loss - 5);
        await room.joined(loss + 1);
        await publish(speaker, 10 * loss - 4, 10 * loss);
        for (let n = 10 * loss - 9; n <= 10 * loss; ++n) assert.deepEqual(await room.next("said"), { n });
      }
      assert.deepEqual(room.said, numbered(1, 40));
      assert.deepEqual(room.streams.map(({ recovered }) => recovered), [false, true, true, true, true]);
    });

    it("a killed connection, room, registry and courier change nothing", async () => {
      const topic = fresh_topic();
      const speaker = await (await lintel.phoenix(version)).join(topic);
      const client = await lintel.phoenix(version);
      const room = await recovering_channel(client, topic).start();
      await publish(speaker, 1, 5);
      await lintel.control.run("kill", { all: "connections" });
      await lintel.control.run("kill", { ids: [topic, "registry", "courier/0"] });
      await publish(speaker, 6, 10);
      lose_socket(client);
      await publish(speaker, 11, 15);
      await lintel.control.run("kill", { ids: [topic] });
      await room.joined(2);
      await publish(speaker, 16, 20);
      for (let n = 1; n <= 20; ++n) assert.deepEqual(await room.next("said"), { n });
      assert.deepEqual(room.said, numbered(1, 20));
      assert.equal(room.streams[0].epoch, room.streams[1].epoch);
    });

    it("a room that everybody has left still knows what was said", async () => {
      const topic = fresh_topic();
      const speaker = await lintel.phoenix(version);
      const room = await recovering_channel(speaker, topic).start();
      await publish(room, 1, 3);
      assert.equal((await room.leave()).status, "ok");
      const { epoch, offset } = room.streams[0];
      const again = await (await lintel.phoenix(version)).channel(topic, { recover: { epoch, offset } });
      const { response } = await again.join();
      assert.deepEqual(response, { stream: { epoch, offset: 3, recovered: true, count: 3 } });
      for (let n = 1; n <= 3; ++n) assert.deepEqual(await again.next("said"), { n });
    });

    it("a restarted server says that memory is gone", async () => {
      const topic = fresh_topic();
      const client = await lintel.phoenix(version);
      const room = await recovering_channel(client, topic).start();
      await publish(room, 1, 3);
      await lintel.restart_server();
      await room.joined(2);
      assert.notEqual(room.streams[1].epoch, room.streams[0].epoch);
      assert.deepEqual({ ...room.streams[1], epoch: "" }, { epoch: "", offset: 0, recovered: false, count: 0 });
    });
  });
}

it("a MessagePack client recovers, too", async () => {
  const topic = fresh_topic();
  const speaker = await (await lintel.phoenix("1.8.16")).join(topic);
  const client = await lintel.phoenix("1.8.16", msgpack_options);
  const room = await recovering_channel(client, topic).start();
  lose_socket(client);
  await publish(speaker, 1, 5);
  await room.joined(2);
  for (let n = 1; n <= 5; ++n) assert.deepEqual(await room.next("said"), { n });
  assert.deepEqual(room.said, numbered(1, 5));
});

describe("what a join may ask for", () => {
  const join = async (raw, topic, params) => {
    raw.send(["1", "1", topic, "phx_join", params]);
    return (await raw.next_message("answer to the join"))[4].response;
  };

  for (const recover of [5, "yes", [], { offset: 1 }, { epoch: "x" }, { epoch: "x", offset: -1 },
    { epoch: "x", offset: 1.5 }, { epoch: 1, offset: 1 }, { epoch: "x", offset: 2 ** 53 },
    { epoch: "x", offset: 1, limit: "all" }]) {
    it(`refuses recover: ${JSON.stringify(recover)}`, async () => {
      const raw = await lintel.raw();
      assert.deepEqual(await join(raw, fresh_topic(), { recover }), { reason: "invalid recover" });
    });
  }

  it("a wrong epoch, an empty one, and an offset of the future are not recovered", async () => {
    const topic = fresh_topic();
    const speaker = await (await lintel.phoenix("1.8.16")).join(topic, { recover: true });
    await publish(speaker, 1, 3);
    const { stream } = await join(await lintel.raw(), topic, { recover: true });
    assert.equal(stream.offset, 3);
    for (const recover of [{ epoch: "other", offset: 1 }, { epoch: "", offset: 1 }, { epoch: stream.epoch, offset: 4 }])
      assert.deepEqual((await join(await lintel.raw(), topic, { recover })).stream,
        { ...stream, recovered: false, count: 0 });
  });

  it("the limit of the client and the length of the history bound what is recovered", async () => {
    const topic = fresh_topic();
    const speaker = await (await lintel.phoenix("1.8.16")).join(topic);
    await publish(speaker, 1, 120);
    const { stream } = await join(await lintel.raw(), topic, { recover: true });
    const asked = async (offset, limit) =>
      (await join(await lintel.raw(), topic, { recover: { epoch: stream.epoch, offset, limit } })).stream;
    assert.deepEqual(await asked(20, 100), { ...stream, recovered: true, count: 100 });
    assert.deepEqual(await asked(19, 300), { ...stream, recovered: false, count: 0 }); // 100 are kept
    assert.deepEqual(await asked(100, 19), { ...stream, recovered: false, count: 0 });
    assert.deepEqual(await asked(120, 0), { ...stream, recovered: true, count: 0 });
  });

  it("who does not ask sees what Phoenix would send", async () => {
    const topic = fresh_topic();
    const raw = await lintel.raw();
    assert.deepEqual(await join(raw, topic, {}), {});
    raw.send(["1", "2", topic, "said", { n: 1 }]);
    assert.deepEqual(await raw.next_message("message"), [null, null, topic, "said", { n: 1 }]);
    assert.deepEqual(await raw.next_message("message"), ["1", "2", topic, "phx_reply", { status: "ok", response: {} }]);
  });
});
