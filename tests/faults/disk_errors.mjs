// E15: the disk reports errors, and returns what nobody wrote.
import { disk_faults, flip_all_blocks, flip_bit, largest_file } from "./disk_faults.mjs";
import { history_load, judge_delivery, stored_in } from "./history_load.mjs";
import { now_ms, sleep } from "./trial.mjs";

const device_faults = ["append=eio", "append=short", "sync=eio"];
const talk_ms = 500;
const watched_ms = 800;
const said_min = 3_000; // messages, before something is damaged
const table_said_min = 11_500; // a topic that is opened is read back for 10,000 keys: what lies before is not cached
const table_flip_share = 0.04;
const flip_share = 0.6; // of a file
const lost_share_max = 0.1; // of what lies before the damage: a block of RocksDB's log has 32 KiB
const unserved_max = 100; // messages in one damaged block of a table, twice over
const page = 50;
const back_ms_max = 10_000;
const no_more = /takes no messages any more/;
const lost_end = /has lost its end/;
const damaged_range = /the history of \S+ is damaged, offsets \d+ to \d+ are not served/;

export const device_errors = {
  id: "E15a",
  what: "EIO, a short write, and EIO from fsync: nothing is acknowledged any more until the restart",
  has_own_load: true,
  async run(x) {
    const faults = new disk_faults(x);
    await x.start_server(faults.args);
    const load = new history_load(x.server.port, { topics: 2, publishers: 4, subscribers: 4, keeps_trying: [] });
    try {
      await load.join();
      for (const fault of device_faults) await one_fault(x, load, faults, fault);
      await load.read_stored(x, { from_the_start: true });
      judge_delivery(x, load.checker);
    } finally {
      load.close();
    }
  },
};

async function one_fault(x, load, faults, fault) {
  x.say(fault);
  load.talk();
  await sleep(talk_ms);
  faults.are(fault);
  await sleep(100); // what was under way may have been written before
  await watch(x, load, fault);
  faults.are("");
  await watch(x, load, `${fault}, after it has passed`);
  await load.fall_silent();
  const in_log = no_more.test(x.server.stderr);
  x.check(`${fault}: the log says that nothing is taken any more`, in_log, true, in_log);
  x.server.stderr = "";
  await x.stop_server();
  await x.start_again();
  await load.fall_silent(); // everybody is back
  const before = load.acknowledged_ms.length;
  load.talk();
  await sleep(talk_ms);
  await load.fall_silent();
  const now_ok = load.acknowledged_ms.length - before;
  x.check(`${fault}: acknowledged after the restart`, now_ok, "some", now_ok > 0);
}

/// Nobody is acknowledged, nobody hears anything, and everybody is told why.
async function watch(x, load, what) {
  const before = { ok: load.acknowledged_ms.length, heard: load.checker.deliveries, refused: refused(load) };
  await sleep(watched_ms);
  x.equal(`${what}: acknowledged`, load.acknowledged_ms.length - before.ok, 0);
  x.equal(`${what}: heard by anybody`, load.checker.deliveries - before.heard, 0);
  x.check(`${what}: refused`, refused(load) - before.refused, "some", refused(load) > before.refused);
}

const refused = ({ refusals }) => refusals.get("storage unavailable") ?? 0;

export const flipped_bits = {
  id: "E15b",
  what: "a bit flips: in the log's end, in a table, and in everything that is read; nothing wrong is served",
  has_own_load: true,
  async run(x) {
    await flipped_log(x);
    await flipped_table(x);
  },
};

/// Talks until so much is stored, and falls silent.
async function said_enough(x, load, messages) {
  load.talk();
  while (load.acknowledged_ms.length < messages) await sleep(20);
  await load.fall_silent();
  await load.read_stored(x, { from_the_start: true });
}

const busy = { topics: 2, publishers: 8, subscribers: 2, window: 32, pause_ms: 1 };

async function flipped_log(x) {
  x.say("a bit of the log's end");
  await x.start_server();
  const load = new history_load(x.server.port, { ...busy, prefix: "log:flipped/" });
  try {
    await load.join();
    await said_enough(x, load, said_min);
    const epochs = load.topics.map((topic) => load.reader.position(topic).epoch);
    const stored = load.topics.map((topic, i) => load.checker.last_stored(topic, epochs[i]));
    await x.kill_server();
    const { file, bytes } = largest_file(x.server.data_dir, ".log");
    flip_bit(file, Math.floor(bytes * flip_share));
    await x.start_again();
    const found = await Promise.all(load.topics.map(async (topic, i) => {
      await load.reader.joined(topic);
      const { epoch, entries } = await stored_in(x, topic);
      const wrong = entries.filter(({ offset, key }, at) =>
        offset !== at + 1 || key !== load.checker.key_at(topic, epochs[i], offset)).length;
      return { is_new: epoch !== epochs[i], count: entries.length, wrong };
    }));
    judge_flipped_log(x, load, stored, found);
  } finally {
    load.close();
  }
  await x.stop_server();
  await x.server.remove_data();
}

function judge_flipped_log(x, load, stored, found) {
  const total = (list) => list.reduce((sum, each) => sum + each, 0);
  const [said, left] = [total(stored), total(found.map(({ count }) => count))];
  x.check("log's end: the loss is in the log", lost_end.test(x.server.stderr), true, lost_end.test(x.server.stderr));
  x.check("log's end: topics with a new epoch", found.filter(({ is_new }) => is_new).length, found.length,
    found.every(({ is_new }) => is_new));
  x.equal("log's end: served with another offset or content", total(found.map(({ wrong }) => wrong)), 0);
  const least = Math.floor(said * flip_share * (1 - lost_share_max));
  x.check(`log's end: still there, of ${said.toLocaleString("en")}`, left.toLocaleString("en"),
    `${least.toLocaleString("en")} or more lay before the damage, and not all`, left >= least && left < said);
  const { gaps_told } = load.checker;
  x.check("log's end: members told that they have a gap", gaps_told, `all ${load.members.length + load.topics.length}`,
    gaps_told >= load.members.length);
}

async function flipped_table(x) {
  x.say("a bit of a table");
  const faults = new disk_faults(x);
  await x.start_server(faults.args);
  const load = new history_load(x.server.port, { ...busy, topics: 1, prefix: "log:table/" });
  try {
    await load.join();
    await said_enough(x, load, table_said_min);
    await x.stop_server();
    await x.start_again(); // what was in the log is in a table now
    await all_joined(load);
    faults.are("read=flip");
    judge_pages(x, "all reads flipped", await read_pages(x, load), load, { has_damage: true });
    faults.are("");
    judge_pages(x, "no read flipped any more", await read_pages(x, load), load, { has_damage: false });
    await x.stop_server();
    const { file, bytes } = largest_file(x.server.data_dir, ".sst");
    flip_bit(file, Math.floor(bytes * table_flip_share));
    x.server.stderr = "";
    await x.start_again();
    await all_joined(load);
    const seen = await read_pages(x, load);
    judge_pages(x, "a table", seen, load, { has_damage: true });
    x.at_most("a table: messages that are not served", seen.unserved, unserved_max, "messages");
    const range = x.server.stderr.match(damaged_range)?.[0];
    x.check("a table: the damage is in the log, with topic and offsets", range ?? "not there", "so",
      range !== undefined);
    await x.stop_server();
    flip_all_blocks(file, bytes);
    await x.start_again();
    await judge_given_up(x, load);
  } finally {
    load.close();
  }
}

/// A topic of which nothing can be read takes no messages, until an operator gives up what it held.
async function judge_given_up(x, load) {
  const [topic] = load.topics;
  const refusals = () => load.reader.refused_joins.get("storage unavailable") ?? 0;
  const before = refusals();
  for (const began = now_ms(); refusals() === before && now_ms() - began < back_ms_max;) await sleep(10);
  x.check("a whole topic: joins are refused", refusals() > before, true, refusals() > before);
  await x.control.run("reset", { topic });
  await load.reader.joined(topic);
  const { offset } = await load.publishers[0].publish(topic);
  x.equal("a whole topic, given up by an operator: its first message", offset, 1);
}

const all_joined = (load) => Promise.all(load.topics.map((topic) => load.reader.joined(topic)));

/// Reads every topic in pages, and where a page is damaged message by message: {served, wrong, damaged, unserved}.
async function read_pages(x, load) {
  const seen = { served: 0, wrong: 0, damaged: 0, unserved: 0, odd: new Set() };
  for (const topic of load.topics) {
    const { epoch, offset: last } = load.reader.position(topic);
    const read = async (after, limit) => {
      const query = { topic, after, before: after + limit + 1, limit };
      const { ok, result, error } = await x.control.ask({ command: "history", ...query });
      if (ok) {
        for (const { offset, payload } of result.messages) {
          seen.served++;
          if (payload.idem !== load.checker.key_at(topic, epoch, offset)) seen.wrong++;
        }
        return result.messages.length;
      }
      if (error !== "history is damaged") seen.odd.add(error);
      else seen.damaged++;
      return 0;
    };
    for (let after = 0; after < last; after += page) {
      const wanted = Math.min(page, last - after);
      if (await read(after, wanted) === wanted) continue;
      for (let one = after; one < Math.min(after + page, last); one++) if (await read(one, 1) === 0) seen.unserved++;
    }
  }
  return seen;
}

function judge_pages(x, what, { served, wrong, damaged, unserved, odd }, load, { has_damage }) {
  x.equal(`${what}: served with another content`, wrong, 0);
  x.check(`${what}: pages refused as damaged`, damaged, has_damage ? "some" : 0, has_damage === damaged > 0);
  x.check(`${what}: other refusals`, [...odd].join(", ") || "none", "none", odd.size === 0);
  x.note(`${what}: ${served} messages served, ${unserved} not`);
}
