// The rules of a socket's channels, one frame at a time (protocol 3).
import assert from "node:assert/strict";
import { fresh_topic, it, world } from "./support/world.mjs";

const lintel = world();
const ok = { status: "ok", response: {} };
const unmatched = { status: "error", response: { reason: "unmatched topic" } };

async function joined() {
  const [client, topic] = [await lintel.raw(), fresh_topic()];
  assert.equal((await client.join(topic, "1"))[4].status, "ok");
  return { client, topic };
}

/// Nothing may lie before the answer to this ping.
async function assert_silence(client, topic, join_ref) {
  client.send([join_ref, "99", topic, "ping", { fence: true }]);
  assert.deepEqual(await client.next_message(), [join_ref, "99", topic, "phx_reply",
    { status: "ok", response: { fence: true } }]);
}

it("join ref and ref are echoed as they came", async () => {
  const [client, topic] = [await lintel.raw(), fresh_topic()];
  client.send(["join-ref:7", "ref.8", topic, "phx_join", {}]);
  assert.deepEqual((await client.next_message()).slice(0, 4),
    ["join-ref:7", "ref.8", topic, "phx_reply"]);
  client.send(["join-ref:7", "0009", topic, "ping", {}]);
  assert.deepEqual(await client.next_message(), ["join-ref:7", "0009", topic, "phx_reply", ok]);
});

it("a join without join ref is known by its ref", async () => {
  const [client, topic] = [await lintel.raw(), fresh_topic()];
  client.send([null, "5", topic, "phx_join", {}]);
  const [, ref, , event, { status }] = await client.next_message();
  assert.deepEqual([ref, event, status], ["5", "phx_reply", "ok"]);
  await assert_silence(client, topic, "5");
  client.send(["5", "6", topic, "phx_leave", {}]);
  assert.deepEqual(await client.next_message(), ["5", "6", topic, "phx_reply", ok]);
  assert.deepEqual(await client.next_message(), ["5", "5", topic, "phx_close", {}]);
});

it("a push to a room is broadcast with neither join ref nor ref", async () => {
  const { client, topic } = await joined();
  client.send(["1", "2", topic, "said", { n: 1 }]);
  const { message } = await client.next("broadcast", (frame) => frame.message[3] === "said");
  assert.deepEqual(message, [null, null, topic, "said", { n: 1 }]);
});

it("a duplicate join is answered before the old join is closed", async () => {
  const { client, topic } = await joined();
  client.send(["2", "2", topic, "phx_join", {}]);
  const reply = await client.next_message();
  assert.deepEqual([...reply.slice(0, 4), reply[4].status], ["2", "2", topic, "phx_reply", "ok"]);
  assert.deepEqual(await client.next_message(), ["1", "1", topic, "phx_close", {}]);
  await assert_silence(client, topic, "2");
});

it("after a duplicate join a broadcast arrives once", async () => {
  const { client, topic } = await joined();
  client.send(["2", "2", topic, "phx_join", {}]);
  client.send(["2", "3", topic, "said", { n: 1 }]);
  await client.next("reply", ({ message }) => message[1] === "3");
  await client.next("broadcast", ({ message }) => message[3] === "said");
  client.send(["2", "4", topic, "fence", {}]);
  await client.next("fence", ({ message }) => message[3] === "fence");
  assert.deepEqual(client.frames.unread(({ message }) => message[3] === "said"), []);
});

it("a push with a stale join ref is ignored without a reply", async () => {
  const { client, topic } = await joined();
  await client.join(topic, "2");
  await client.next("phx_close", ({ message }) => message[3] === "phx_close");
  client.send(["1", "3", topic, "ping", {}]);
  client.send(["1", "4", topic, "said", {}]);
  await assert_silence(client, topic, "2");
  client.send(["2", "5", topic, "fence", {}]);
  await client.next("fence", ({ message }) => message[3] === "fence");
  assert.equal(client.frames.all.filter(({ message }) => message[3] === "said").length, 0);
});

it("a leave with a stale join ref is ignored without a reply", async () => {
  const { client, topic } = await joined();
  await client.join(topic, "2");
  await client.next("phx_close", ({ message }) => message[3] === "phx_close");
  client.send(["1", "3", topic, "phx_leave", {}]);
  await assert_silence(client, topic, "2");
});

it("a push and a leave without join ref are taken for the current join", async () => {
  const { client, topic } = await joined();
  client.send([null, "2", topic, "ping", { n: 1 }]);
  const reply = await client.next_message();
  assert.deepEqual([reply[1], reply[4]], ["2", { status: "ok", response: { n: 1 } }]);
  client.send([null, "3", topic, "phx_leave", {}]);
  assert.equal((await client.next_message())[1], "3");
  assert.deepEqual(await client.next_message(), ["1", "1", topic, "phx_close", {}]);
});

it("leaving a topic that is not joined is answered ok", async () => {
  const client = await lintel.raw();
  client.send(["7", "8", "room:never", "phx_leave", {}]);
  assert.deepEqual(await client.next_message(), ["7", "8", "room:never", "phx_reply", ok]);
});

it("a push to a topic that is not joined is unmatched, with no join ref", async () => {
  const client = await lintel.raw();
  client.send(["7", "9", "room:never", "said", {}]);
  assert.deepEqual(await client.next_message(), [null, "9", "room:never", "phx_reply", unmatched]);
});

it("a push after leaving is unmatched", async () => {
  const { client, topic } = await joined();
  client.send(["1", "2", topic, "phx_leave", {}]);
  client.send(["1", "3", topic, "said", {}]);
  assert.deepEqual(await client.next_message(), ["1", "2", topic, "phx_reply", ok]);
  assert.deepEqual(await client.next_message(), ["1", "1", topic, "phx_close", {}]);
  assert.deepEqual(await client.next_message(), [null, "3", topic, "phx_reply", unmatched]);
});

it("a join of an unmatched topic is refused with no join ref", async () => {
  const client = await lintel.raw();
  client.send(["3", "3", "nope:x", "phx_join", {}]);
  assert.deepEqual(await client.next_message(), [null, "3", "nope:x", "phx_reply", unmatched]);
});

it("the hundred and first join is refused with its refs", async () => {
  const client = await lintel.raw();
  for (let n = 1; n <= 100; n++) client.send([`${n}`, `${n}`, `room:full-${n}`, "phx_join", {}]);
  for (let n = 1; n <= 100; n++) assert.equal((await client.next_message())[4].status, "ok");
  client.send(["101", "101", "room:full-101", "phx_join", {}]);
  assert.deepEqual(await client.next_message(), ["101", "101", "room:full-101", "phx_reply",
    { status: "error", response: { reason: "too many channels joined" } }]);
});

it("joining one of a hundred topics again is not refused", async () => {
  const client = await lintel.raw();
  for (let n = 1; n <= 100; n++) client.send([`${n}`, `${n}`, `room:full-${n}`, "phx_join", {}]);
  for (let n = 1; n <= 100; n++) assert.equal((await client.next_message())[4].status, "ok");
  client.send(["101", "101", "room:full-1", "phx_join", {}]);
  assert.equal((await client.next_message())[4].status, "ok");
  assert.deepEqual(await client.next_message(), ["1", "1", "room:full-1", "phx_close", {}]);
});

for (const [what, topic] of [["a space", "room:a b"], ["a comma", "room:a,b"],
  ["a quote", "room:a\"b"], ["a letter beyond ASCII", "room:ä"],
  ["256 bytes", `room:${"x".repeat(251)}`]]) {
  it(`a topic with ${what} is refused as invalid`, async () => {
    const client = await lintel.raw();
    client.send(["1", "1", topic, "phx_join", {}]);
    const [, ref, , event, payload] = await client.next_message();
    assert.deepEqual([ref, event], ["1", "phx_reply"]);
    assert.equal(payload.status, "error");
    assert.equal(payload.response.reason, "invalid topic");
  });
}

it("a topic of 255 bytes is served", async () => {
  const client = await lintel.raw();
  const topic = `room:${"x".repeat(250)}`;
  assert.equal((await client.join(topic))[4].status, "ok");
  await assert_silence(client, topic, "1");
});

it("elements after the fifth are ignored", async () => {
  const { client, topic } = await joined();
  client.send(["1", "2", topic, "ping", { n: 1 }, "more", { even: "more" }]);
  assert.deepEqual(await client.next_message(),
    ["1", "2", topic, "phx_reply", { status: "ok", response: { n: 1 } }]);
});
