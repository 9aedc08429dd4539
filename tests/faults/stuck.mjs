// E7: handlers that do not end.
import { judge_invariants, look } from "./invariants.mjs";
import { now_ms, sleep } from "./trial.mjs";

const stall_ms = 30_000;
const limits = ["--enable-chaos", "--stuck-warn", "100ms", "--stuck-stack", "500ms"];
const detected_ms_max = 1_000;
const abandon_ms = 5_000;
const replaced_ms_max = 6_000;
const abort_ms_max = 15_000;
const topic = "room:stuck";

export const one_stuck = {
  id: "E7a",
  what: "a room's handler, then a connection's, blocks for 30 s: named with its stack, replaced after 5 s",
  async run(x) {
    await x.start_server([...limits, "--stuck-abandon", `${abandon_ms}ms`, "--stuck-abort", "10s"]);
    const { client: victim, id } = await x.control.identify(() => x.client());
    const other = await x.client();
    for (const client of [victim, other]) await client.join(topic);
    await x.start_witness();
    for (const window of ["before_1", "before_2"]) await x.calm(window);
    const before = look(x);
    x.witness.phase("during");
    await stall_one(x, topic, "the room", victim, other);
    x.witness.phase("during_2");
    await stall_one(x, id, "the connection", victim, other);
    await x.calm("after");
    await judge_invariants(x, before, x.unit.connections + 2);
    const figures = await x.finish_witness();
    x.judge_latency(figures, { what: "beside the stuck room: deliveries" });
    x.judge_latency(figures, { what: "beside the stuck connection: deliveries", window: "during_2" });
  },
};

/// Blocks the handler of `name` with a push of `victim` in hand.
async function stall_one(x, name, what, victim, other) {
  x.say(`${what} is stuck`);
  const ref = `stuck in ${what}`;
  const log_before = x.server.stderr.length;
  const moved = await x.counted(async () => {
    await x.control.run("stall", { id: name, for_ms: stall_ms, next: true });
    const began = now_ms();
    victim.send(["1", ref, topic, "ping", {}]);
    const answered = victim.frames.next("answer", ({ message }) => message[1] === ref, replaced_ms_max + 4_000)
      .then(({ message }) => ({ at: now_ms() - began, answer: message[4] }))
      .catch(() => ({ at: Infinity, answer: "none" }));
    const in_log = await log_line(x, log_before, (line) => line.includes("stuck handler") && line.includes("stack:"));
    x.at_most(`${what}: in the log, with its stack, after`, in_log - began, detected_ms_max, "ms");
    const { at, answer } = await answered;
    x.at_most(`${what}: replaced, and its message answered, after`, at, replaced_ms_max, "ms");
    x.check(`${what}: the message in hand is answered`, JSON.stringify(answer), "crashed",
      answer.response?.reason === "crashed");
    other.send(["1", `${ref}?`, topic, "ping", {}]);
    await other.next("answer", ({ message }) => message[1] === `${ref}?`);
  }, ({ restarts }) => restarts >= 1);
  x.equal(`${what}: restarts`, moved.restarts, 1);
  x.equal(`${what}: sockets closed`, moved.sockets_closed_by_server, 0);
}

/// When a line that `matches` was written; Infinity: not within the time until which the handler is replaced.
async function log_line(x, from, matches) {
  for (const began = now_ms(); now_ms() - began < replaced_ms_max; await sleep(10))
    if (x.server.stderr.slice(from).split("\n").some(matches)) return now_ms();
  return Infinity;
}

export const all_stuck = {
  id: "E7b",
  what: "a handler on every worker blocks, and none may be replaced: the process ends itself",
  async run(x) {
    await x.start_server([...limits, "--stuck-abandon", "0ms", "--stuck-abort", "10s"]);
    x.ends_with = "SIGABRT";
    const clients = await Promise.all(Array.from({ length: 20 }, () => x.client()));
    for (const client of clients) await client.join(topic);
    const rows = await x.control.run("connections");
    const worker_of = (id) => id.split("-")[0];
    const ids = [...new Map(rows.map(({ id }) => [worker_of(id), id])).values()]; // one of each worker
    x.say(`${ids.length} handlers are stuck`);
    await x.control.run("stall", { ids, for_ms: 2 * stall_ms, next: true });
    const began = now_ms();
    const all_ended = Promise.all(clients.map((client) => client.closed));
    for (const client of clients) client.send(["1", "2", topic, "ping", {}]);
    await Promise.race([all_ended, sleep(abort_ms_max + 5_000)]);
    x.at_most("the process ends itself, and supervision outside can start another, after", now_ms() - began,
      abort_ms_max, "ms");
    const log = x.server.stderr;
    x.check("the log says where they are stuck", log.includes("stack:") ? "stack" : "nothing", "stack",
      log.includes("stack:"));
  },
};
