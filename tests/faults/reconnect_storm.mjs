// E11: everybody's socket is reset, and everybody is back at once, without any patience.
import { delivery_checker } from "./delivery_checker.mjs";
import { judge_delivery, stored_in } from "./history_load.mjs";
import { judge_invariants, look } from "./invariants.mjs";
import { recovering_client } from "./recovering_client.mjs";
import { now_ms, sleep } from "./trial.mjs";

const clients_default = 5_000;
const members_per_room = 100;
const joining_at_once = 200;
const missed = 20; // messages of each room while its members are away
const back_ms_max = 30_000;
const give_up_ms = 60_000;
const memory_ratio_max = 1.5;
const rss_slack_bytes = 1 << 20; // as of the invariants: the allocator's own granularity
const settle_ms = 1_000;
const present_ms_max = 5_000; // I6
const diffs_per_s_max = 20; // of one room

export const reconnect_storm = {
  id: "E11",
  what: "5,000 present members of 50 rooms, half of them durable, are reset together and come back at once",
  has_own_load: true,
  async run(x) {
    const count = x.options.clients ?? clients_default;
    await x.start_server();
    const checker = new delivery_checker();
    const rooms = Array.from({ length: Math.ceil(count / members_per_room) },
      (_, i) => `${i % 2 === 0 ? "room" : "log"}:storm/${i}`);
    const speaker = new recovering_client(x.server.port, "speaker", checker);
    const clients = Array.from({ length: count }, (_, i) => new recovering_client(x.server.port, `c${i}`, checker,
      { join_params: { presence: { key: `c${i}`, meta: {} } } }));
    const room_of = (i) => rooms[i % rooms.length];
    try {
      for (let from = 0; from < count; from += joining_at_once) {
        x.say(`${from.toLocaleString("en")} of ${count.toLocaleString("en")} clients have joined`);
        await Promise.all(clients.slice(from, from + joining_at_once).map((each, i) => each.join(room_of(from + i))));
      }
      // Its own half of the rooms stays alive; the others end with their last member and are opened anew.
      const spoken = rooms.slice(0, Math.ceil(rooms.length / 2));
      await Promise.all(spoken.map((room) => speaker.join(room)));
      await say(speaker, spoken, missed);
      await all_heard(clients, room_of, spoken, speaker);
      await sleep(settle_ms);
      const rss_at_first = look(x).rss_bytes;
      await storm(x, "first", { clients, room_of, rooms, spoken, speaker });
      const before = look(x); // what a storm takes once the allocator keeps
      x.note(`memory (RSS) before the first storm ${mib(rss_at_first)}, after it ${mib(before.rss_bytes)} MiB`);
      await storm(x, "second", { clients, room_of, rooms, spoken, speaker });
      await judge_invariants(x, before, count + 1);
      await judge_history(x, checker, spoken, count);
    } finally {
      [speaker, ...clients].forEach((client) => client.close());
    }
  },
};

async function say(speaker, rooms, times) {
  const payload = { pad: "x".repeat(200) };
  for (let n = 0; n < times; n++) await Promise.all(rooms.map((room) => speaker.publish(room, payload)));
}

const mib = (bytes) => (bytes / (1 << 20)).toFixed(1);

async function storm(x, which, { clients, room_of, rooms, spoken, speaker }) {
  const rss_before = x.process.resources().rss_bytes;
  const before = await x.control.run("counters");
  const reads_before = await log_reads(x);
  const most_diffs = () => Math.max(...spoken.map((room) => speaker.other_events.get(`${room} presence_diff`) ?? 0));
  const diffs_before = most_diffs();
  x.process.forget_peak();
  x.say(`everybody is reset, the ${which} time`);
  const times = clients[0].closes.length + 1;
  const began = now_ms();
  clients.forEach((client) => client.reset());
  const [joined_ms] = await Promise.all([all_joined(x, clients, room_of, { began, times }),
    say(speaker, spoken, missed)]);
  await all_heard(clients, room_of, spoken, speaker);
  const heard_ms = now_ms() - began;
  const present_ms = await all_present(x, rooms, clients.length);
  const diffs = most_diffs() - diffs_before;
  const peak = x.process.peak_rss_bytes();
  const reads = (await log_reads(x)) - reads_before;
  const moved = Object.fromEntries(Object.entries(await x.control.run("counters"))
    .map(([name, value]) => [name, value - before[name]]));

  const name = (what) => `${which} storm: ${what}`;
  x.at_most(name("everybody is a member again"), joined_ms, back_ms_max, "ms");
  x.at_most(name("everybody has recovered, and heard the newest"), heard_ms, back_ms_max, "ms");
  x.at_most(name("I6 everybody is present, once, and nobody else, after"), present_ms, present_ms_max, "ms");
  x.at_most(name("presence_diffs of one room"), diffs / (now_ms() - began) * 1000, diffs_per_s_max, "per second");
  x.check(name("memory (RSS) at its peak"), `${mib(rss_before)} -> ${mib(peak)} MiB`, `<= x${memory_ratio_max}`,
    peak <= rss_before * memory_ratio_max + rss_slack_bytes);
  x.check(name("times that the log was read"), reads, `<= ${rooms.length}, once for a room that was opened`,
    reads <= rooms.length);
  x.equal(name("connections opened"), moved.connections_opened, clients.length);
  x.note(name(`${(clients.length / joined_ms * 1000).toFixed(0)} clients/s connected, upgraded and joined`));
}

async function judge_history(x, checker, spoken, count) {
  for (const room of spoken) {
    const { epoch, entries } = await stored_in(x, room);
    checker.stored(room, epoch, entries);
  }
  const { recoveries } = judge_delivery(x, checker);
  x.equal("joins that recovered", recoveries, 2 * count);
}

/// Milliseconds from `began` until all have lost so many sockets and are members; Infinity: some never were.
async function all_joined(x, clients, room_of, { began, times }) {
  const is_away = (client, i) => client.closes.length < times || !client.is_joined(room_of(i));
  const away = () => clients.filter(is_away).length;
  for (let left = away(); left > 0; left = away()) {
    if (now_ms() - began > give_up_ms) return Infinity;
    x.say(`${left.toLocaleString("en")} are away`);
    await sleep(20);
  }
  return now_ms() - began;
}

/// Milliseconds until each room's presence is its members; Infinity: it never is.
async function all_present(x, rooms, count) {
  const wanted = (room) => Math.floor(count / rooms.length) + (rooms.indexOf(room) < count % rooms.length ? 1 : 0);
  const is_right = async (room) => {
    const { presence, count: users } = await x.control.run("presence", { topic: room });
    return users === wanted(room) && Object.values(presence).every(({ metas }) => metas.length === 1);
  };
  const began = now_ms();
  for (let left = rooms; left.length > 0;) {
    const right = await Promise.all(left.map(is_right));
    left = left.filter((_, i) => !right[i]);
    if (now_ms() - began > give_up_ms) return Infinity;
    await sleep(20);
  }
  return now_ms() - began;
}

async function all_heard(clients, room_of, spoken, speaker) {
  const is_behind = (client, i) => spoken.includes(room_of(i)) &&
    client.position(room_of(i)).offset < speaker.position(room_of(i)).offset;
  for (const began = now_ms(); clients.some(is_behind) && now_ms() - began < give_up_ms;) await sleep(20);
}

/// Topics opened and pages read so far.
async function log_reads(x) {
  const text = await x.metrics();
  return Number(text.match(/^lintel_history_seconds_count\{what="read"\} (\d+)/m)[1]);
}
