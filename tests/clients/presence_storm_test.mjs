// Members come, go, change and lose their sockets while the room's and the connections' actors are killed: in the end
// everybody's list is what is so, with one ref for each.
import assert from "node:assert/strict";
import { eventually } from "./support/inbox.mjs";
import { phoenix_versions } from "./support/phoenix_client.mjs";
import { presence_member } from "./support/presence_member.mjs";
import { fresh_topic, it, world } from "./support/world.mjs";

const lintel = world();
const seed = Number(process.env.SEED ?? 20261123);
const rounds = 60;

/// mulberry32: the same numbers for the same seed.
function random_numbers(state) {
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let bits = Math.imul(state ^ (state >>> 15), 1 | state);
    bits ^= bits + Math.imul(bits ^ (bits >>> 7), 61 | bits);
    return ((bits ^ (bits >>> 14)) >>> 0) % below;
  };
}

/// A client of ours, and what it should be seen as.
class actor {
  meta = null;

  static async enter(n, topic) {
    const it = new actor();
    it.key = `user${n % 3}`;
    const params = n % 2 === 0 ? { sid: `storm_session_number_${n}` } : {};
    const client = await lintel.phoenix(phoenix_versions[n % phoenix_versions.length], { params });
    const wish = () => ({ presence: { key: it.key, ...(it.meta && { meta: it.meta }) } });
    it.member = await presence_member.join(phoenix_versions[n % phoenix_versions.length], client, topic, wish);
    return it;
  }

  async act(random) {
    const { room, client } = this.member;
    const choice = random(4);
    if (choice < 2) {
      this.meta = { n: random(3) };
      assert.equal((await this.member.track(this.meta)).status, "ok");
    } else if (choice === 2) {
      this.meta = null;
      assert.equal((await this.member.untrack()).status, "ok");
    } else {
      const joins = room.count("join");
      client.socket.conn._socket.destroy();
      await room.joined(joins + 1);
    }
  }
}

it(`everybody agrees in the end (SEED=${seed})`, async () => {
  const random = random_numbers(seed);
  const topic = fresh_topic();
  const actors = [];
  for (let n = 0; n < 8; ++n) actors.push(await actor.enter(n, topic));
  for (let round = 0; round < rounds; ++round) {
    const some = actors.filter(() => random(3) === 0);
    const kill = random(3);
    await Promise.all([
      ...some.map((each) => each.act(random)),
      kill === 0 && lintel.control.run("kill", { id: topic }),
      kill === 1 && lintel.control.run("kill", { all: "connections" }),
    ]);
  }
  const expected = {};
  for (const { key, meta } of actors) if (meta) expected[key] = (expected[key] ?? 0) + 1;
  const late = await presence_member.join("1.8.16", await lintel.phoenix("1.8.16"), topic, { presence: true });
  const members = [...actors.map((each) => each.member), late];
  await eventually(() => { // the last windows have to end
    assert.deepEqual(counted(late.refs()), expected);
    for (const member of members) assert.deepEqual(sorted(member.refs()), sorted(late.refs()));
  });
  for (const { key, meta } of actors)
    if (meta) assert.ok(late.list()[key].some(({ n }) => n === meta.n), `${key} with ${JSON.stringify(meta)}`);
});

function counted(refs) {
  return Object.fromEntries(Object.entries(refs).map(([key, all]) => [key, all.length]));
}

// Members who joined at other times may have a user's devices in another order.
function sorted(refs) {
  return Object.fromEntries(Object.entries(refs).map(([key, all]) => [key, [...all].sort()]));
}
