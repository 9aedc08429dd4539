// E6: every actor of the system's own, a hundred times.
import { judge_invariants, look } from "./invariants.mjs";
import { now_ms, sleep } from "./trial.mjs";

const times_max = 100;
const rounds_per_second = 20;
const newcomer_ms = 100;
const connect_ms_max = 2_000;

export const system_actors = {
  id: "E6",
  what: "every supervisor and every worker of the tree killed 100 times, while people chat and others arrive",
  async run(x) {
    await x.start_server();
    await x.start_witness();
    for (const window of ["before_1", "before_2"]) await x.calm(window);
    const before = look(x);
    const nodes_before = await nodes_of(x);
    const times = Math.min(times_max, Math.max(5, Math.round(times_max * x.unit.scale / 0.2)));
    x.witness.phase("during");
    const took = [];
    let is_over = false;
    const moved = await x.counted(async () => {
      const arriving = newcomers(x, took, () => is_over);
      for (let round = 1; round <= times; round++) {
        x.say(`round ${round} of ${times}: ${nodes_before.size} actors`);
        await x.control.run("kill", { ids: [...nodes_before.keys()] });
        await sleep(1000 / rounds_per_second);
      }
      is_over = true;
      await arriving;
    }, ({ restarts, kills }) => restarts === kills);
    await x.calm("after");
    await judge_invariants(x, before, x.unit.connections);
    const figures = await x.finish_witness();

    const wanted = nodes_before.size * times;
    const names = [...nodes_before.keys()].join(" ");
    x.check("system actors killed", `${nodes_before.size}: ${names}`, `each ${times} times`, nodes_before.size >= 10);
    x.equal("kills counted by the server", moved.kills, wanted);
    x.equal("restarts", moved.restarts, wanted);
    x.equal("actors given up", moved.gave_up, 0);
    x.equal("sockets closed, as the server counts", moved.sockets_closed_by_server, 0);
    judge_newcomers(x, took);
    judge_nodes(x, nodes_before, await nodes_of(x), times);
    x.note_latency(figures);
  },
};

/// name → {status, incarnation}, of the whole static tree.
async function nodes_of(x) {
  const nodes = new Map();
  const add = ({ id, children, ...rest }) => {
    nodes.set(id, rest);
    children.forEach(add);
  };
  add(await x.control.run("tree"));
  return nodes;
}

/// Somebody new connects, joins, is answered and leaves, all the time.
async function newcomers(x, took, is_over) {
  while (!is_over()) {
    const began = now_ms();
    try {
      const client = await x.client();
      await client.join("room:newcomers");
      client.send(["1", "2", "room:newcomers", "ping", {}]);
      await client.next_message();
      took.push(now_ms() - began);
      await client.disconnect();
    } catch (failure) {
      took.push(failure.message);
    }
    await sleep(newcomer_ms);
  }
}

function judge_newcomers(x, took) {
  const failed = took.filter((each) => typeof each === "string");
  x.check("newcomers served", `${took.length - failed.length} of ${took.length}${failed[0] ? `: ${failed[0]}` : ""}`,
    "all", took.length > 0 && failed.length === 0);
  x.at_most("slowest newcomer, connect to the first reply",
    Math.max(...took.filter((each) => typeof each === "number")), connect_ms_max, "ms");
}

function judge_nodes(x, before, after, times) {
  const down = [...after].filter(([, { status }]) => status !== "up").map(([id]) => id);
  x.check("not up afterwards", down.join(" ") || "none", "none", down.length === 0 && after.size === before.size);
  const odd = [...after].filter(([id, { incarnation }]) => incarnation > 0 &&
    incarnation !== before.get(id)?.incarnation + times).map(([id, { incarnation }]) => `${id}: ${incarnation}`);
  x.check(`each restarted in place exactly ${times} times`, odd.join(", ") || "all", "all", odd.length === 0);
}
