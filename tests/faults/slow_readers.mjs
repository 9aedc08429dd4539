// E10: some members of a loud room stop reading.
import { delivery_checker } from "./delivery_checker.mjs";
import { judge_delivery, stored_in } from "./history_load.mjs";
import { judge_invariants, look } from "./invariants.mjs";
import { unit_of } from "./load.mjs";
import { recovering_client } from "./recovering_client.mjs";
import { baseline_windows, now_ms, sleep } from "./trial.mjs";
import { median } from "./figures.mjs";

const clients_default = 2_000;
const slow_share = 0.01;
const loud = { topic: "room:slow/loud", payload_bytes: 32 << 10, pause_ms: 40 };
const quiet = { topic: "log:slow/quiet", payload_bytes: 100, pause_ms: 200 };
const fill_messages = 200; // and then some
const outbox_bytes_max = 1 << 20;
const memory_bytes_max = 1.25 * (1 << 20); // of one that is slow: its outbox, and what is beside it
const stalled_ms_max = 5_000;
const closed_ms_max = 30_000; // the kernel's buffers of both ends fill up first
const look_ms = 100;
const late_ms_max = 750; // deadlines are looked at four times a second, and we look ourselves now and then
const ratio_max = 1.5;
const back_ms_max = 20_000;

export const slow_readers = {
  id: "E10",
  what: "1 % of 2,000 clients stop reading: closed, the others unharmed; what they missed is recovered, or told",
  has_own_load: true,
  async run(x) {
    const clients = x.options.clients ?? clients_default;
    x.unit = unit_of(clients / 10_000);
    await x.start_server();
    await x.start_witness(x.unit);
    const checker = new delivery_checker({ is_recoverable });
    const speakers = [loud, quiet].map((_, i) => new recovering_client(x.server.port, `p${i}`, checker));
    const slow = Array.from({ length: Math.max(2, Math.round(clients * slow_share)) },
      (_, i) => new recovering_client(x.server.port, `slow${i}`, checker));
    await Promise.all(speakers.map(join));
    const steady = new Set(await members_of(x));
    await Promise.all(slow.map(join));
    for (let n = 0; n < fill_messages; n++) // or memory would grow with the loud room's history
      await speakers[0].publish(loud.topic, { pad: "x".repeat(loud.payload_bytes) });
    let is_over = false;
    const talk = [loud, quiet].map((topic, i) => speak(speakers[i], topic, () => is_over));
    try {
      for (const window of ["before_1", "before_2"]) await x.calm(window);
      await go_slow(x, slow, steady, "first"); // what this takes once the allocator keeps
      await x.calm("between");
      const before = look(x);
      const seen = await go_slow(x, slow, steady, "during");
      await x.calm("after");
      await judge_invariants(x, before, clients + slow.length + speakers.length);
      is_over = true;
      await Promise.all(talk);
      await judge_recovery(x, checker, slow);
      const figures = await x.finish_witness();
      judge(x, figures, slow, seen);
    } finally {
      is_over = true;
      [...slow, ...speakers].forEach((client) => client.close());
    }
  },
};

/// Memory has 100 messages, and 1 MiB, of the loud room; half an outbox of them is recovered.
const is_recoverable = (topic, missed) =>
  topic === quiet.topic ? missed <= 300 : missed * loud.payload_bytes < outbox_bytes_max / 4;

const join = (client) => Promise.all([loud, quiet].map(({ topic }) => client.join(topic)));

/// The connections in the loud room.
async function members_of(x) {
  const rows = await x.control.run("connections", { limit: 100_000 });
  return rows.filter(({ rooms }) => rooms.includes(loud.topic)).map(({ id }) => id);
}

async function speak(client, { topic, payload_bytes, pause_ms }, is_over) {
  const pad = "x".repeat(payload_bytes);
  for (let next = now_ms(); !is_over(); next += pause_ms) {
    await client.publish(topic, { pad });
    await sleep(Math.max(0, next - now_ms()));
  }
}

/// They stop reading, and come back when the server has closed them all: what was seen meanwhile. `steady`: the other
/// connections in the loud room.
async function go_slow(x, slow, steady, window) {
  x.say(`${slow.length} clients no longer read`);
  x.witness.phase(window);
  const ids = (await members_of(x)).filter((id) => !steady.has(id));
  const rss_before = x.process.resources().rss_bytes;
  x.process.forget_peak();
  const seen = { closed_ms: new Map(), full_since: new Map(), stalled_ms: [], outbox_bytes: 0 };
  const { sockets_closed_by_server } = await x.control.run("counters");
  slow.forEach((client) => client.pause());
  const began = now_ms();
  while (seen.closed_ms.size < ids.length && now_ms() - began < closed_ms_max) {
    for (const id of ids.filter((each) => !seen.closed_ms.has(each))) await look_at(x, id, began, seen);
    await sleep(look_ms);
  }
  seen.rss_growth = x.process.peak_rss_bytes() - rss_before;
  seen.closed = (await x.control.run("counters")).sockets_closed_by_server - sockets_closed_by_server;
  slow.forEach((client) => client.reset());
  for (const back = now_ms(); !slow.every(is_back) && now_ms() - back < back_ms_max;) await sleep(20);
  return seen;
}

const is_back = (client) => [loud, quiet].every(({ topic }) => client.is_joined(topic));

async function look_at(x, id, began, seen) {
  const { ok, result } = await x.control.ask({ command: "connection", id });
  const now = now_ms();
  if (!ok) {
    seen.closed_ms.set(id, now - began);
    if (seen.full_since.has(id)) seen.stalled_ms.push(now - seen.full_since.get(id));
    return;
  }
  seen.outbox_bytes = Math.max(seen.outbox_bytes, result.outbox_bytes);
  if (result.outbox_bytes > 0 && !seen.full_since.has(id)) seen.full_since.set(id, now);
  if (result.outbox_bytes === 0) seen.full_since.delete(id);
}

/// Everybody hears the newest, and has heard, or was told to have missed, all before it.
async function judge_recovery(x, checker, slow) {
  x.say("what was missed");
  for (const { topic } of [loud, quiet]) {
    const { epoch, offset, entries } = await stored_in(x, topic);
    checker.stored(topic, epoch, entries);
    for (const began = now_ms(); now_ms() - began < back_ms_max; await sleep(20))
      if (slow.every((client) => client.position(topic).offset >= offset)) break;
  }
  const verdict = judge_delivery(x, checker);
  x.check("recoveries of the quiet topic, and gaps told in the loud one", `${verdict.recoveries} and ` +
    `${verdict.gaps_told}`, `${2 * slow.length} or more, together ${4 * slow.length}`,
    verdict.recoveries >= 2 * slow.length && verdict.recoveries + verdict.gaps_told === 4 * slow.length);
}

function judge(x, figures, slow, seen) {
  x.equal("slow clients closed by the server", seen.closed, slow.length);
  x.at_most("slowest of them closed, from its last read", Math.max(...seen.closed_ms.values()), closed_ms_max, "ms");
  x.at_most("longest that output waited without a close", Math.max(0, ...seen.stalled_ms),
    stalled_ms_max + late_ms_max, "ms");
  x.at_most("largest outbox seen", seen.outbox_bytes, outbox_bytes_max, "bytes");
  const mib = (bytes) => bytes / (1 << 20);
  x.at_most("memory (RSS), at its peak, above that before", mib(seen.rss_growth), mib(memory_bytes_max * slow.length),
    "MiB");
  const p99 = (name) => figures[`delivery_${name}_p99_us`] / 1000;
  const ratio = p99("during") / median(baseline_windows.map(p99).filter(Number.isFinite));
  x.check("deliveries to the others, p99 beside the undisturbed median", `x${ratio.toFixed(2)} ` +
    `(${p99("during").toFixed(1)} ms, undisturbed ${baseline_windows.map((name) => p99(name).toFixed(1)).join(" / ")})`,
    `<= x${ratio_max}`, ratio <= ratio_max);
}
