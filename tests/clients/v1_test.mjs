// Protocol V1, by npm `phoenix-channels` 1.0.0 and on the wire (protocol 2.4).
import assert from "node:assert/strict";
import { fresh_topic, it, world } from "./support/world.mjs";

const lintel = world();
const keys = ["event", "payload", "ref", "topic"];

it("phoenix-channels joins, pushes, and hears itself", async () => {
  const client = await lintel.v1();
  const room = await client.join(fresh_topic());
  assert.deepEqual(await room.push("said", { text: "hi" }), { status: "ok", response: {} });
  assert.deepEqual(await room.next("said"), { text: "hi" });
});

it("phoenix-channels gets its ping back", async () => {
  const room = await (await lintel.v1()).join(fresh_topic());
  assert.deepEqual(await room.push("ping", { n: 1 }), { status: "ok", response: { n: 1 } });
});

it("two phoenix-channels clients hear each other until one leaves", async () => {
  const topic = fresh_topic();
  const [leaver, stayer] = [await lintel.v1(), await lintel.v1()];
  const [left, stayed] = [await leaver.join(topic), await stayer.join(topic)];
  await left.push("said", { n: 1 });
  assert.deepEqual(await stayed.next("said"), { n: 1 });
  await left.next("said");
  await left.leave();
  await leaver.messages.next("phx_close", (message) => message.event === "phx_close");
  await stayed.push("said", { n: 2 });
  assert.deepEqual(await stayed.next("said"), { n: 2 });
  await (await leaver.join(fresh_topic())).push("ping", {});
  assert.equal(leaver.messages.all.filter(({ event }) => event === "said").length, 1);
});

it("phoenix-channels is told about an unmatched topic", async () => {
  const client = await lintel.v1();
  const channel = client.channel("nope:x");
  const { status, response } = await channel.join();
  await channel.leave();
  assert.deepEqual([status, response.reason], ["error", "unmatched topic"]);
});

for (const params of ["", "vsn=1.0.0", "vsn=1.0.7"]) {
  it(`V1 frames have exactly four members with ${params || "no vsn"}`, async () => {
    const client = await lintel.raw({ params });
    client.send({ topic: "room:v1", event: "phx_join", payload: {}, ref: "1" });
    client.send({ topic: "room:v1", event: "said", payload: { n: 1 }, ref: "2" });
    client.send({ topic: "room:v1", event: "phx_leave", payload: {}, ref: "3" });
    const received = [];
    while (received.at(-1)?.event !== "phx_close") received.push(await client.next_message());
    for (const message of received) assert.deepEqual(Object.keys(message).sort(), keys);
    const replies = received.filter((message) => message.event === "phx_reply");
    assert.deepEqual(replies.map(({ ref }) => ref), ["1", "2", "3"]);
    assert.deepEqual(received.find((message) => message.event === "said"),
      { topic: "room:v1", event: "said", payload: { n: 1 }, ref: null });
    assert.deepEqual(received.at(-1),
      { topic: "room:v1", event: "phx_close", payload: {}, ref: "1" });
  });
}

it("a V1 client that joins twice is not told that its new channel closed", async () => {
  const client = await lintel.raw({ params: "" });
  client.send({ topic: "room:twice", event: "phx_join", payload: {}, ref: "1" });
  client.send({ topic: "room:twice", event: "phx_join", payload: {}, ref: "2" });
  client.send({ topic: "room:twice", event: "ping", payload: {}, ref: "3" });
  for (const ref of ["1", "2", "3"]) {
    const message = await client.next_message();
    assert.deepEqual([message.event, message.ref], ["phx_reply", ref]);
  }
});

it("a V1 heartbeat is answered in V1", async () => {
  const client = await lintel.raw({ params: "" });
  client.send({ topic: "phoenix", event: "heartbeat", payload: {}, ref: "5" });
  assert.deepEqual(await client.next_message(),
    { topic: "phoenix", event: "phx_reply", payload: { status: "ok", response: {} }, ref: "5" });
});
