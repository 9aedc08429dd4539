// E27: all members of a big room leave it at once. Told one by one, each leave would go to everybody who is still
// there.
import { enter_crowd, meta } from "./crowd.mjs";
import { sum } from "./figures.mjs";
import { fallback_scale, unit_of } from "./load.mjs";
import { judge_invariants, look } from "./invariants.mjs";
import { now_ms, sleep } from "./trial.mjs";

const full_crowd = 10_000;
const watchers_count = 10;
const naive_share_max = 1; // percent
const mailbox_max = 1_000;
const converged_ms_max = 5_000; // I6
const topic = "room:crowd"; // none of the witness's

export const exit_storm = {
  id: "E27",
  what: "10,000 present members leave one room at once, while people chat in others",
  async run(x) {
    const size = Math.round(full_crowd * (x.unit.scale < fallback_scale ? x.unit.scale : 1)); // the share falls with n
    x.unit = unit_of(Math.min(x.unit.scale, fallback_scale)); // both fit into one table of descriptors
    await x.start_server(["--idle-timeout", "10m"]); // the crowd sends no heartbeats
    await x.start_witness();
    x.say(`a crowd of ${size.toLocaleString("en")}`);
    const watchers = await enter_crowd(x.server.port, topic, watchers_count, (n) => `watcher${n}`,
      { are_readers: true });
    const crowd = await enter_crowd(x.server.port, topic, size, (n) => `user${n}`);
    x.note(`to join cost ${mib(heard(crowd) + heard(watchers))} MiB of presence`);
    for (const window of ["before_1", "before_2"]) await x.calm(window);
    const before = look(x);
    x.witness.phase("during");
    await leave_together(x, crowd, watchers);
    await x.calm("after");
    await judge_invariants(x, before, x.unit.connections + size + watchers_count);
    x.judge_latency(await x.finish_witness(), { what: "deliveries in the other rooms" });
    for (const { socket } of [...crowd, ...watchers]) socket.destroy();
  },
};

async function leave_together(x, crowd, watchers) {
  const entry = JSON.stringify({ user1234: { metas: [{ ...meta, phx_ref: "x".repeat(16) }] } }).length;
  const told_before = heard(crowd) + heard(watchers);
  const began = now_ms();
  const mailboxes = { peak: 0, is_over: false };
  const watching = watch_mailbox(x, mailboxes);
  const statuses = await Promise.all(crowd.map((member) => member.ask("2", topic, "phx_leave", {})));
  const left_ms = now_ms() - began;
  x.equal("members whose leave was answered ok", statuses.filter((status) => status === "ok").length, crowd.length);
  const converged_ms = await converged(watchers, began + left_ms);
  mailboxes.is_over = true;
  await watching;
  const told = heard(crowd) + heard(watchers) - told_before;
  const naive = crowd.length * crowd.length * entry;
  const share = (100 * told) / naive;
  const shown = `${share.toFixed(3)} % (${mib(told)} of ${mib(naive)} MiB)`;
  if (crowd.length < full_crowd) x.note(`presence told: ${shown}: not judged`);
  else x.check("presence told, of each leave to each member", shown, `<= ${naive_share_max} %`,
    share <= naive_share_max);
  x.at_most("I6 those who stayed are told so, and nobody else, after", converged_ms, converged_ms_max, "ms");
  x.at_most("letters waiting for the room, at most", mailboxes.peak, mailbox_max, "letters");
  x.note(`all had left after ${left_ms.toFixed(0)} ms`);
}

const heard = (members) => sum(members.map(({ presence }) => presence.bytes));
const mib = (bytes) => (bytes / 1024 / 1024).toFixed(1);

async function watch_mailbox(x, mailboxes) {
  const control = await x.open_control();
  while (!mailboxes.is_over) {
    const room = (await control.run("rooms")).find((row) => row.id === topic);
    mailboxes.peak = Math.max(mailboxes.peak, room?.mailbox ?? 0);
    await sleep(5);
  }
}

/// Until all watchers know just each other: the list is back, for they are few.
async function converged(watchers, from) {
  const is_right = ({ list }) => list.size === watchers.length && watchers.every((_, n) => list.has(`watcher${n}`));
  while (!watchers.every(is_right)) {
    if (now_ms() - from > 2 * converged_ms_max) return Infinity;
    await sleep(20);
  }
  return now_ms() - from;
}
