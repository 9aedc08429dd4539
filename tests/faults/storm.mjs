// E5: very many connections crash together, and a room whose state crashes it.
import { judge_invariants, look } from "./invariants.mjs";
import { now_ms, sleep } from "./trial.mjs";

const crashes = 1_000;
const restarts_per_second = 500;
const burst = 50;
const alarm_ms_max = 1_000;
const clear_ms_max = 10_000;
const topic = "room:broken";
const members_count = 10;
const room_crashes_max = 3; // the fourth ends the room

export const storm = {
  id: "E5",
  what: "1,000 connections of some rooms crash together, then a room past its budget, while people chat",
  async run(x) {
    await x.start_server(["--enable-chaos"]);
    const members = await Promise.all(Array.from({ length: members_count }, () => x.client()));
    for (const member of members) await member.join(topic);
    // Whole rooms crash; latencies are those of the rooms beside them.
    const { connections, rooms } = x.unit;
    const broken_rooms = Math.min(rooms - 1, Math.ceil(crashes / (connections / rooms)));
    await x.start_witness({ ...x.unit, latency_rooms: rooms - broken_rooms });
    for (const window of ["before_1", "before_2"]) await x.calm(window);
    const victims = (await x.control.run("connections", { limit: 100_000 }))
      .filter((row) => row.rooms.some((room) => Number(room.split(":")[1]) >= rooms - broken_rooms))
      .map((row) => row.id).slice(0, crashes);
    const before = look(x);
    x.witness.phase("during");
    await together(x, victims);
    await broken_room(x, members);
    await x.calm("after");
    await judge_invariants(x, before, x.unit.connections + members_count + 1); // and one who came late
    x.note("latencies are those of the rooms beside the crashed ones: who has crashed waits for its turn");
    x.judge_latency(await x.finish_witness());
  },
};

async function together(x, victims) {
  x.say(`${victims.length} crashes at once`);
  const began = now_ms();
  const samples = [];
  const moved = await x.counted(() => x.control.run("crash", { ids: victims }), (now) => {
    samples.push({ at: now_ms() - began, ...now });
    return now.restarts >= victims.length && now.storms_raised === now.storms_cleared;
  }, 2_000 + crashes / restarts_per_second * 1000 + clear_ms_max);
  // A sample was taken before it arrived here, so no server that keeps to its pace is ever above this line.
  const above = samples.filter(({ at, restarts }) => restarts > burst + restarts_per_second * at / 1000 + 1);
  const worst = above[0] ? `${above[0].restarts} after ${above[0].at.toFixed(0)} ms` : "never";
  const last = samples.find(({ restarts }) => restarts >= victims.length)?.at ?? Infinity;
  x.equal("crashes", moved.crashes, victims.length);
  x.equal("restarts", moved.restarts, victims.length);
  x.equal("sockets closed", moved.sockets_closed_by_server, 0);
  x.check(`more restarts than ${burst} and ${restarts_per_second}/s`, worst, "never", above.length === 0);
  x.note(`all ${victims.length} back after ${(last / 1000).toFixed(2)} s`);
  if (victims.length <= 2 * burst) return x.note(`${victims.length} crashes are no storm: the alarm is not judged`);
  x.at_most("the alarm is raised after", samples.find((now) => now.storms_raised > 0)?.at ?? Infinity, alarm_ms_max,
    "ms");
  const cleared = samples.find((now) => now.storms_raised > 0 && now.storms_cleared === now.storms_raised);
  x.at_most("the alarm is cleared after the last restart by", (cleared?.at ?? Infinity) - last, clear_ms_max, "ms");
}

async function broken_room(x, members) {
  x.say("a room crashes past its budget");
  const moved = await x.counted(async () => {
    for (let n = 0; n <= room_crashes_max; n++) {
      members[0].send(["1", String(10 + n), topic, "chaos:crash_room", {}]);
      await members[0].next("the answer", ({ message }) => message[1] === String(10 + n));
    }
    const told = await Promise.allSettled(members.map((member) =>
      member.next("phx_error", ({ message }) => message[3] === "phx_error")));
    x.equal("the room: members told phx_error", told.filter(({ status }) => status === "fulfilled").length,
      members.length);
  });
  x.equal("the room: crashes", moved.crashes, room_crashes_max + 1);
  x.equal("the room: given up and quarantined", moved.rooms_quarantined, 1);
  const late = await x.client();
  const [, , , , { status, response }] = await late.join(topic);
  x.check("the room: a join is refused", response.reason, "room is quarantined",
    status === "error" && response.reason === "room is quarantined");
  for (const member of members) member.send([null, "50", "phoenix", "heartbeat", {}]);
  for (const member of members) await member.next("heartbeat", ({ message }) => message[1] === "50");
  x.equal("the room: sockets of its members closed", moved.sockets_closed_by_server, 0);
  await sleep(1_000); // rooms beside it go on a while
}
