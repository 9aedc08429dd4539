// Who is in a room, as the stock Presence class sees it.
import assert from "node:assert/strict";
import { describe } from "node:test";
import { eventually } from "./support/inbox.mjs";
import { msgpack_options } from "./support/msgpack_options.mjs";
import { phoenix_versions } from "./support/phoenix_client.mjs";
import { presence_member } from "./support/presence_member.mjs";
import { fresh_topic, it, world } from "./support/world.mjs";

const lintel = world();
const ok = { status: "ok", response: {} };
const as = (key, meta = {}) => ({ presence: { key, meta } });
const sid_in = (topic) => `session_of_alice_in_${topic.replace(":", "_")}`;
const own = ({ phx_ref, phx_ref_prev, ...meta }) => meta;

for (const version of phoenix_versions) {
  describe(`phoenix ${version}`, () => {
    const member = async (topic, params, options) =>
      presence_member.join(version, await lintel.phoenix(version, options), topic, params);

    it("members who say in their join who they are see each other, and each join once", async () => {
      const topic = fresh_topic();
      const alice = await member(topic, as("alice", { device: "phone" }));
      assert.deepEqual(alice.joined, ok);
      await alice.sees({ alice: 1 });
      const bob = await member(topic, as("bob"));
      for (const each of [alice, bob]) {
        await each.sees({ alice: 1, bob: 1 });
        assert.deepEqual(own(each.list().alice[0]), { device: "phone" });
        assert.deepEqual(each.changes.all.map(({ what, key }) => `${what} ${key}`), ["join alice", "join bob"]);
      }
      assert.deepEqual(alice.refs(), bob.refs());
    });

    it("several devices of one user are metas of one key, and leave one by one", async () => {
      const topic = fresh_topic();
      const watcher = await member(topic, { presence: true });
      const phone = await member(topic, as("alice", { device: "phone" }));
      const laptop = await member(topic, as("alice", { device: "laptop" }));
      await watcher.sees({ alice: 2 });
      assert.deepEqual(watcher.list().alice.map(own), [{ device: "phone" }, { device: "laptop" }]);
      await phone.room.leave();
      await watcher.sees({ alice: 1 });
      assert.deepEqual(watcher.list().alice.map(own), [{ device: "laptop" }]);
      await laptop.client.disconnect();
      await watcher.sees({});
    });

    it("another meta is one join and one leave, and names the ref before; the same meta is nothing", async () => {
      const topic = fresh_topic();
      const watcher = await member(topic, { presence: true });
      const alice = await member(topic, as("alice", { status: "here" }));
      await watcher.sees({ alice: 1 });
      const before = watcher.list().alice[0].phx_ref;
      assert.deepEqual(await alice.track({ status: "here" }), ok);
      assert.deepEqual(await alice.track({ status: "away" }), ok);
      const { metas } = await watcher.next_change("leave", "alice");
      assert.deepEqual(metas.map((meta) => meta.phx_ref), [before]);
      assert.deepEqual(watcher.list().alice.map(own), [{ status: "away" }]);
      assert.equal(watcher.list().alice[0].phx_ref_prev, before);
      assert.deepEqual(watcher.changes.all.map(({ what }) => what), ["join", "join", "leave"]);
    });

    it("the event presence tracks and untracks, as Supabase's clients use it", async () => {
      const topic = fresh_topic();
      const alice = await member(topic, { config: { presence: { key: "alice", enabled: true } } });
      assert.deepEqual(await alice.track({ online_at: 1, phx_ref: "forged" }), ok);
      await alice.sees({ alice: 1 });
      assert.deepEqual(own(alice.list().alice[0]), { online_at: 1 });
      assert.notEqual(alice.list().alice[0].phx_ref, "forged");
      assert.deepEqual(await alice.untrack(), ok);
      await alice.sees({});
      assert.deepEqual(await alice.untrack(), ok);
    });

    it("a client that asked for nothing sees who comes, before or after itself", async () => {
      const topic = fresh_topic();
      const early = await member(topic);
      const alice = await member(topic, as("alice"));
      const late = await member(topic);
      for (const each of [early, alice, late]) await each.sees({ alice: 1 });
      await alice.room.leave();
      for (const each of [early, late]) await each.sees({});
      const again = await member(topic);
      const bob = await member(topic, { meta: { short: true } });
      const { key } = await bob.changes.next("join");
      for (const each of [early, late, again]) {
        await each.sees({ [key]: 1 });
        assert.deepEqual(own(each.list()[key][0]), { short: true });
      }
    });

    it("kills and crashes of connections and rooms are not seen in any list", async () => {
      const topic = fresh_topic();
      const { client, id } = await lintel.control.identify(() => lintel.phoenix(version));
      const victim = await presence_member.join(version, client, topic, as("victim"));
      const other = await member(topic, as("other"));
      for (const each of [victim, other]) await each.sees({ other: 1, victim: 1 });
      const refs = other.refs();
      const heard = [victim, other].map((each) => each.changes.all.length);
      for (const verb of ["kill", "crash"])
        for (const target of [id, topic]) await lintel.control.run(verb, { id: target });
      for (let kills = 0; kills < 10; ++kills) await lintel.control.run("kill", { id: topic });
      const late = await member(topic, as("late")); // a fence: whatever the kills would have told comes before it
      for (const each of [victim, other, late]) await each.sees({ late: 1, other: 1, victim: 1 });
      assert.deepEqual([victim, other].map((each) => each.changes.all.length), heard.map((count) => count + 1));
      assert.deepEqual({ ...refs, late: late.refs().late }, other.refs());
      assert.equal(victim.room.count("join"), 1);
    });

    it("a session that loses its socket and comes back is not missed: same ref, no change", async () => {
      const topic = fresh_topic();
      const other = await member(topic, as("other"));
      const alice = await member(topic, () => as("alice", { n: 1 }), { params: { sid: sid_in(topic) } });
      for (const each of [other, alice]) await each.sees({ alice: 1, other: 1 });
      const refs = other.refs();
      for (let losses = 1; losses <= 3; ++losses) {
        lose_socket(alice.client);
        await alice.room.joined(losses + 1);
      }
      const fence = await member(topic, as("fence"));
      for (const each of [other, alice, fence]) await each.sees({ alice: 1, fence: 1, other: 1 });
      for (const each of [other, alice]) {
        assert.deepEqual({ ...refs, fence: each.refs().fence }, each.refs());
        assert.deepEqual(each.changes.all.filter(({ what }) => what === "leave"), []);
        assert.equal(each.changes.all.length, 3);
      }
    });

    it("a session that was tracked by the event is kept, too, and may come back with another meta", async () => {
      const topic = fresh_topic();
      const other = await member(topic, { presence: true });
      const alice = await member(topic, { presence: { key: "alice" } }, { params: { sid: sid_in(topic) } });
      await alice.track({ n: 1 });
      await other.sees({ alice: 1 });
      const { alice: [ref] } = other.refs();
      lose_socket(alice.client);
      await alice.room.joined(2);
      assert.deepEqual(await alice.track({ n: 2 }), ok);
      await other.next_change("leave", "alice");
      assert.equal(other.list().alice[0].phx_ref_prev, ref);
      assert.deepEqual(other.changes.all.map(({ what }) => what), ["join", "join", "leave"]);
    });

    it("without a session a lost socket is a leave, and coming back a join with another ref", async () => {
      const topic = fresh_topic();
      const other = await member(topic, as("other"));
      const alice = await member(topic, as("alice"));
      await other.sees({ alice: 1, other: 1 });
      const before = other.refs().alice;
      lose_socket(alice.client);
      await other.next_change("leave", "alice");
      await alice.room.joined(2);
      await other.sees({ alice: 1, other: 1 });
      assert.notDeepEqual(other.refs().alice, before);
      await eventually(() => assert.deepEqual(alice.refs(), other.refs()));
    });

    it("who leaves on purpose is gone at once, session or not", async () => {
      const topic = fresh_topic();
      const other = await member(topic, { presence: true });
      const alice = await member(topic, as("alice"), { params: { sid: sid_in(topic) } });
      await other.sees({ alice: 1 });
      await alice.room.leave();
      await other.sees({});
    });

    it("a client is known by the name in its URL if it gives no other", async () => {
      const alice = await member(fresh_topic(), { presence: { meta: {} } }, { params: { user: "alice" } });
      await alice.sees({ alice: 1 });
    });

    it("what cannot be tracked is refused, and the rest of the channel goes on", async () => {
      const topic = fresh_topic();
      const client = await lintel.phoenix(version);
      const refused = async (params) => {
        const room = client.channel(topic, params);
        const outcome = await room.join();
        await room.leave();
        return outcome.response.reason;
      };
      assert.equal(await refused({ presence: 5 }), "invalid presence");
      assert.equal(await refused({ presence: { key: [] } }), "invalid presence");
      assert.equal(await refused({ presence: { key: "__proto__" } }), "invalid presence key");
      assert.equal(await refused(as("alice", { text: "x".repeat(1100) })), "presence meta too big");
      const alice = await member(topic, as("alice"));
      assert.deepEqual((await alice.track({ text: "x".repeat(1100) })).response, { reason: "presence meta too big" });
      assert.deepEqual((await alice.room.push("presence", { event: "dance" })).response,
        { reason: "invalid presence" });
      for (const event of ["presence_state", "presence_diff", "presence_count"])
        assert.deepEqual((await alice.room.push(event, {})).response, { reason: "reserved event" });
      await alice.sees({ alice: 1 });
      assert.equal(alice.changes.all.length, 1);
    });

    it("MessagePack clients see the same list", async () => {
      const topic = fresh_topic();
      const text = await member(topic, as("text", { n: 1.5, list: [1, { a: null }] }));
      const packed = await member(topic, as("packed", { n: 1.5, list: [1, { a: null }] }), msgpack_options);
      for (const each of [text, packed]) await each.sees({ packed: 1, text: 1 });
      assert.deepEqual(text.list(), packed.list());
      assert.deepEqual(text.list().packed.map(own), text.list().text.map(own));
    });
  });
}

it("V1 clients are told, too", async () => {
  const topic = fresh_topic();
  const room = await (await lintel.v1()).join(topic, as("old"));
  assert.deepEqual(await room.next("presence_state"), {});
  const { joins, leaves } = await room.next("presence_diff");
  assert.deepEqual([Object.keys(joins), leaves], [["old"], {}]);
});

it("the join's answer comes first, then the list as a push of this join, then the changes as broadcasts", async () => {
  const topic = fresh_topic();
  const client = await lintel.raw();
  client.send(["7", "7", topic, "phx_join", as("alice")]);
  const [reply, state, diff] = [await client.next_message(), await client.next_message(), await client.next_message()];
  assert.deepEqual(reply.slice(0, 4), ["7", "7", topic, "phx_reply"]);
  assert.deepEqual(state, ["7", null, topic, "presence_state", {}]);
  assert.deepEqual(diff.slice(0, 4), [null, null, topic, "presence_diff"]);
});

it("a session that another connection takes over stays present, and the old socket's end changes nothing", async () => {
  const topic = fresh_topic();
  const sid = sid_in(topic);
  const watcher = await presence_member.join("1.8.16", await lintel.phoenix("1.8.16"), topic, { presence: true });
  const first = await lintel.raw({ params: `vsn=2.0.0&sid=${sid}` });
  first.send(["1", "1", topic, "phx_join", as("alice")]);
  await watcher.sees({ alice: 1 });
  const refs = watcher.refs();
  const second = await lintel.raw({ params: `vsn=2.0.0&sid=${sid}` });
  second.send(["1", "1", topic, "phx_join", as("alice")]);
  assert.equal(await first.close_code(), 1001);
  const fence = await presence_member.join("1.8.16", await lintel.phoenix("1.8.16"), topic, as("fence"));
  await watcher.sees({ alice: 1, fence: 1 });
  assert.equal(watcher.changes.all.length, 2);
  assert.deepEqual(watcher.refs().alice, refs.alice);
  assert.deepEqual(fence.refs().alice, refs.alice);
});

/// As a radio link breaks: no close frame, and the client comes back by itself.
function lose_socket(client) {
  client.socket.conn._socket.destroy();
}
