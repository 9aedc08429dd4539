// What must hold after every experiment, whatever was done to the server. Numbers as in docs/reliability.md.
import { sum } from "./figures.mjs";
import { sleep } from "./trial.mjs";

const settle_ms_max = 30_000;
const growth_max = 1.05;
const rss_slack_bytes = 1024 * 1024; // the allocator's own granularity: a thread's arena grows by 132 KiB at a time

export async function look(x) {
  return { ...x.process.resources(), ...(await mailboxes(x)) };
}

async function mailboxes(x) {
  const [connections, rooms, tree] = await Promise.all([
    x.control.run("connections", { limit: 100_000 }), x.control.run("rooms"), x.control.run("tree")]);
  const of_tree = (node) => node.mailbox + sum(node.children.map(of_tree));
  return { listed: connections.length,
    waiting: sum(connections.map((row) => row.mailbox)) + sum(rooms.map((row) => row.mailbox)) + of_tree(tree) };
}

/// `before`: an earlier look. `open`: sockets that must be open now. Waits up to 30 s for what has to settle.
export async function judge_invariants(x, before, open) {
  x.say("invariants");
  const began = Date.now();
  let [now, counters] = [];
  const may_grow = (name, slack = 0) => now[name] <= Math.max(before[name] * growth_max, before[name] + slack);
  for (;;) {
    [now, counters] = [await look(x), await x.control.run("counters")];
    const is_settled = now.waiting === 0 && now.listed === open && may_grow("descriptors") && may_grow("threads") &&
      may_grow("rss_bytes", rss_slack_bytes);
    if (is_settled || Date.now() - began > settle_ms_max) break;
    await sleep(200);
  }
  x.check("I7 sockets open, as counted and as listed", `${counters.connections_open} and ${now.listed}`, open,
    counters.connections_open === open && now.listed === open);
  const within = `<= +5 % within ${settle_ms_max / 1000} s`;
  x.check("I8 descriptors and threads", `${before.descriptors} -> ${now.descriptors}, ` +
    `${before.threads} -> ${now.threads}`, within, may_grow("descriptors") && may_grow("threads"));
  const mib = (bytes) => (bytes / 1024 / 1024).toFixed(1);
  x.check("I8 memory (RSS)", `${mib(before.rss_bytes)} -> ${mib(now.rss_bytes)} MiB`, `${within}, or + 1 MiB`,
    may_grow("rss_bytes", rss_slack_bytes));
  x.equal("I8 letters waiting in all mailboxes", now.waiting, 0);
  x.check("I10 restarts are kills and crashes, less those given up",
    `${counters.restarts} of ${counters.kills} + ${counters.crashes} - ${counters.gave_up}`, "equal",
    counters.restarts === counters.kills + counters.crashes - counters.gave_up);
  x.equal("letters nobody expected", counters.unhandled, 0);
}
