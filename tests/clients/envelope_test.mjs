// What a server frame may look like: clients parse it with less care than one would hope.
import assert from "node:assert/strict";
import { describe } from "node:test";
import { kotlin_decode } from "./support/kotlin_decoder.mjs";
import { phoenix_versions } from "./support/phoenix_client.mjs";
import { fresh_topic, it, world } from "./support/world.mjs";

const lintel = world();

/// Five elements, no white space between them, and a payload that is an object.
function assert_envelope(text) {
  const message = JSON.parse(text);
  assert.equal(message.length, 5, text);
  const head = message.slice(0, 4).map((element) => JSON.stringify(element)).join(",");
  assert.ok(text.startsWith(`[${head},{`) && text.endsWith("}]"), `not compact: ${text}`);
  assert.deepEqual(kotlin_decode(text), message, text);
}

const awkward_payload = {
  "text, with \"quotes\"]": "a,b \\ [c] {d} \u2028 \u0001 🎉",
  "numbers": [0, -1, 1.5, 1e21, 9007199254740993],
  "empty": [{}, [], "", null],
  "response": { "status": "error" },
};

for (const version of phoenix_versions) {
  it(`every text frame sent to phoenix ${version} survives the Kotlin decoder`, async () => {
    const topic = fresh_topic();
    const other = await lintel.phoenix(version);
    const other_room = await other.join(topic);
    const client = await lintel.phoenix(version, { heartbeatIntervalMs: 50 });
    const room = await client.join(topic);
    await client.messages.next("heartbeat", (message) => message.topic === "phoenix");
    await room.push("said", awkward_payload);
    await room.push("ping", awkward_payload);
    await room.push("phx_reply", {});
    await other_room.push("shouted", awkward_payload);
    await room.next("shouted");
    const refused = client.channel("nope:x");
    await refused.join();
    await refused.leave();
    await room.leave();
    await client.messages.next("phx_close", (message) => message.event === "phx_close");
    assert.ok(client.texts.length >= 9, `only ${client.texts.length} frames`);
    client.texts.forEach(assert_envelope);
  });
}

it("white space in what a client sent does not reach the envelope of the others", async () => {
  const topic = fresh_topic();
  const [sender, receiver] = [await lintel.raw(), await lintel.raw()];
  await sender.join(topic);
  await receiver.join(topic);
  sender.send(` [ "1" ,\n"2",\t"${topic}" , "said" , { "n" : 1 , "s" : " , " } ] `);
  const { text, message } = await receiver.next("broadcast");
  assert_envelope(text);
  assert.deepEqual(message, [null, null, topic, "said", { n: 1, s: " , " }]);
});

it("a name spelt with escapes does not reach the others in that spelling", async () => {
  const topic = fresh_topic();
  const client = await lintel.raw();
  await client.join(topic);
  client.send(`["1","2","${topic.replace("r", "\\u0072")}","s\\u0061id",{"n":1}]`);
  const { text, message } = await client.next("broadcast", (frame) => frame.message[3] === "said");
  assert_envelope(text);
  assert.deepEqual(message, [null, null, topic, "said", { n: 1 }]);
});

for (const payload of [[1, 2], "text", 7, true, null]) {
  it(`the payload ${JSON.stringify(payload)} never reaches a member as it is`, async () => {
    const topic = fresh_topic();
    const [sender, receiver] = [await lintel.raw(), await lintel.raw()];
    await sender.join(topic);
    await receiver.join(topic);
    sender.send(["1", "2", topic, "said", payload]);
    sender.send(["1", "3", topic, "ping", payload]);
    sender.send(["1", "4", topic, "fence", {}]);
    for (const client of [sender, receiver])
      await client.next("fence", ({ message }) => message[3] === "fence");
    for (const client of [sender, receiver])
      client.frames.all.forEach(({ text }) => assert_envelope(text));
  });
}

describe("a client cannot speak in the server's name", () => {
  for (const event of ["phx_reply", "phx_close", "phx_error", "presence_state", "presence_diff"]) {
    it(`a push of "${event}" is answered with an error and broadcast to nobody`, async () => {
      const topic = fresh_topic();
      const [sender, receiver] = [await lintel.raw(), await lintel.raw()];
      await sender.join(topic, "1");
      await receiver.join(topic, "5");
      sender.send(["1", "2", topic, event, { status: "ok", response: { forged: true } }]);
      const reply = await sender.next_message("error reply");
      assert.deepEqual(reply.slice(0, 4), ["1", "2", topic, "phx_reply"]);
      assert.equal(reply[4].status, "error");
      sender.send(["1", "3", topic, "fence", {}]);
      assert.deepEqual(await receiver.next_message(), [null, null, topic, "fence", {}]);
    });
  }

  for (const event of ["a,b", "a b", "say \"x\"", "ä", "", "x".repeat(256)]) {
    it(`the event ${JSON.stringify(event).slice(0, 20)} is answered with an error`, async () => {
      const topic = fresh_topic();
      const [sender, receiver] = [await lintel.raw(), await lintel.raw()];
      await sender.join(topic, "1");
      await receiver.join(topic, "5");
      sender.send(["1", "2", topic, event, {}]);
      const reply = await sender.next_message("error reply");
      assert.deepEqual([reply[1], reply[3], reply[4].status], ["2", "phx_reply", "error"]);
      sender.send(["1", "3", topic, "fence", {}]);
      assert.deepEqual(await receiver.next_message(), [null, null, topic, "fence", {}]);
    });
  }
});
