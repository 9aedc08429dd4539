// What must hold after every experiment, whatever was done to the server. Numbers as in docs/reliability.md.
import { sum } from "./figures.mjs";
import { sleep } from "./trial.mjs";

const settle_ms_max = 30_000;
const growth_max = 1.05;
const letters_per_message = 4; // in, to the room, and from there to two workers
const rss_slack_bytes = 1024 * 1024; // the allocator's own granularity: a thread's arena grows by 132 KiB at a time

/// Before the harm, after some chat: everything that is used at all has been used by then.
export function look(x) {
  return x.process.resources();
}

/// `before`: an earlier look. `open`: sockets that must be open now. Waits up to 30 s for what has to settle.
export async function judge_invariants(x, before, open) {
  x.say("invariants");
  await judge_resources(x, before);
  await judge_mailboxes(x, open);
  const { restarts, kills, crashes, gave_up, unhandled } = await x.control.run("counters");
  x.check("I10 restarts are kills and crashes, less those given up",
    `${restarts} of ${kills} + ${crashes} - ${gave_up}`, "equal", restarts === kills + crashes - gave_up);
  x.equal("letters nobody expected", unhandled, 0);
}

/// Asks again until `is_settled(seen)`, or 30 s have passed. What was seen last.
async function settled(ask, is_settled, interval_ms) {
  for (const began = Date.now();; await sleep(interval_ms)) {
    const seen = await ask();
    if (is_settled(seen) || Date.now() - began > settle_ms_max) return seen;
  }
}

async function judge_resources(x, before) {
  const may_grow = (now, name, slack = 0) => now[name] <= Math.max(before[name] * growth_max, before[name] + slack);
  const is_small = (now) => may_grow(now, "rss_bytes", rss_slack_bytes);
  const is_few = (now) => may_grow(now, "descriptors") && may_grow(now, "threads");
  const now = await settled(() => look(x), (seen) => is_small(seen) && is_few(seen), 500);
  const within = `<= +5 % within ${settle_ms_max / 1000} s`;
  x.check("I8 descriptors and threads", `${before.descriptors} -> ${now.descriptors}, ` +
    `${before.threads} -> ${now.threads}`, within, is_few(now));
  const mib = (bytes) => (bytes / 1024 / 1024).toFixed(1);
  x.check("I8 memory (RSS)", `${mib(before.rss_bytes)} -> ${mib(now.rss_bytes)} MiB`, `${within}, or + 1 MiB`,
    is_small(now));
}

/// Lists every connection, which itself takes some MiB of the server's memory for a moment: after memory was judged.
async function judge_mailboxes(x, open) {
  const letters_max = Math.ceil(x.unit.rate * letters_per_message / 100); // what comes in 10 ms of chat
  const of_tree = (node) => node.mailbox + sum(node.children.map(of_tree));
  const now = await settled(async () => {
    const [connections, rooms, tree] = await Promise.all([
      x.control.run("connections", { limit: 100_000 }), x.control.run("rooms"), x.control.run("tree")]);
    return { listed: connections.length,
      letters: sum(connections.map((row) => row.mailbox)) + sum(rooms.map((row) => row.mailbox)) + of_tree(tree) };
  }, ({ listed, letters }) => listed === open && letters <= letters_max, 1_000);
  const { connections_open } = await x.control.run("counters");
  x.check("I7 sockets open, as counted and as listed", `${connections_open} and ${now.listed}`, open,
    connections_open === open && now.listed === open);
  x.at_most("I8 letters waiting in all mailboxes", now.letters, letters_max, "letters");
}
