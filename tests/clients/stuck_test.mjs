// A handler that never ends: it is named, its stack is shown, and its actor goes on without it.
import assert from "node:assert/strict";
import { control_socket } from "./support/control_socket.mjs";
import { eventually } from "./support/inbox.mjs";
import { lintel_server } from "./support/lintel_server.mjs";
import { raw_client } from "./support/raw_client.mjs";
import { it } from "./support/world.mjs";

const limits = ["--stuck-warn", "50ms", "--stuck-stack", "200ms", "--stuck-abandon", "500ms"];
const no_abandon = ["--stuck-warn", "50ms", "--stuck-stack", "200ms", "--stuck-abandon", "0"];
const for_ever = 600_000;

/// Every test costs its server a thread or all of it, so each has its own. Its end by SIGTERM must be a clean one,
/// although threads stand still in it.
async function with_server({ workers = 2, args = limits, descriptors }, body) {
  const server = new lintel_server({ args: ["--enable-chaos", "--workers", String(workers), ...args], descriptors });
  await server.start();
  const control = await control_socket.connect(server.data_dir);
  const clients = [];
  const member = async (topic) => {
    const client = await raw_client.connect(`ws://127.0.0.1:${server.port}/socket/websocket?vsn=2.0.0`);
    clients.push(client);
    if (topic) assert.equal((await client.join(topic))[4].status, "ok");
    return client;
  };
  try {
    await body({ server, control, member });
    await Promise.all(clients.map((client) => client.disconnect()));
    control.close();
    await server.stop();
  } finally {
    await server.kill();
    await server.remove_data();
  }
}

const logged = (server, what) => eventually(async () => assert.match(server.stderr, what));

const says = (client, topic, ref, n) => client.send(["1", ref, topic, "said", { n }]);
const answer = (topic, ref, status, response = {}) => ["1", ref, topic, "phx_reply", { status, response }];
const heard = (topic, n) => [null, null, topic, "said", { n }];
const answers_to = (client, ref) => client.frames.all.filter(({ message }) => message[1] === ref);

it("a stuck room is named, shown and replaced; its members keep their sockets and chat on", () =>
  with_server({}, async ({ server, control, member }) => {
    const topic = "room:stuck";
    const [speaker, listener] = [await member(topic), await member(topic)];
    assert.deepEqual(await control.run("stall", { id: topic, for_ms: for_ever }), { stalled: 1 });
    says(speaker, topic, "7", 7);
    assert.deepEqual(await speaker.next_message("answer"), answer(topic, "7", "error", { reason: "crashed" }));
    says(speaker, topic, "8", 8);
    assert.deepEqual(await listener.next_message("broadcast"), heard(topic, 8));
    assert.deepEqual(await speaker.next_message("broadcast"), heard(topic, 8));
    assert.deepEqual(await speaker.next_message("answer"), answer(topic, "8", "ok"));
    assert.equal(answers_to(speaker, "7").length, 1);
    await logged(server, /warning stuck handler actor=room:stuck message=\w+ running_ms=\d+ worker=\w+\n/);
    await logged(server, /stuck handler actor=room:stuck .* stack:\n(  #.*\n)*  #\d+ lintel::actors::light_process::/);
    await logged(server, /error abandoned actor=room:stuck message=room_push running_ms=\d+ .* 3 left in reserve/);
    const counters = await control.run("counters");
    assert.deepEqual([counters.abandoned, counters.crashes, counters.restarts, counters.sockets_closed_by_server],
      [1, 1, 1, 0]);
    assert.ok(counters.stuck_warned >= 1);
  }));

it("a stuck connection keeps its socket, and its neighbours on the same worker go on", () =>
  with_server({ workers: 1 }, async ({ control, member }) => {
    const topic = "room:neighbours";
    const { client: victim, id } = await control.identify(() => member(topic));
    const neighbour = await member(topic);
    await control.run("stall", { id, for_ms: for_ever, next: true, busy: true });
    says(victim, topic, "7", 7);
    assert.deepEqual(await victim.next_message("answer"), answer(topic, "7", "error", { reason: "crashed" }));
    says(neighbour, topic, "8", 8);
    assert.deepEqual(await neighbour.next_message("broadcast"), heard(topic, 8));
    assert.deepEqual(await neighbour.next_message("answer"), answer(topic, "8", "ok"));
    says(victim, topic, "9", 9);
    assert.deepEqual(await victim.next_message("broadcast"), heard(topic, 8));
    assert.deepEqual(await victim.next_message("broadcast"), heard(topic, 9));
    assert.deepEqual(await victim.next_message("answer"), answer(topic, "9", "ok"));
    assert.equal(answers_to(victim, "7").length, 1);
    assert.equal(await control.incarnation(id), 2);
    assert.equal((await control.run("counters")).connections_closed, 0);
  }));

it("a stuck registry refuses the join that it had in hand, and takes the next one", () =>
  with_server({}, async ({ control, member }) => {
    const topic = "room:late";
    const client = await member();
    await control.run("stall", { id: "registry", for_ms: for_ever, next: true });
    client.send(["1", "1", topic, "phx_join", {}]);
    assert.deepEqual(await client.next_message("answer"), answer(topic, "1", "error", { reason: "unavailable" }));
    assert.equal((await client.join(topic, "2"))[4].status, "ok");
    assert.equal((await control.run("counters")).abandoned, 1);
  }));

it("what each worker's stuck courier had in hand is all that is lost", () =>
  with_server({}, async ({ control, member }) => {
    const [one, other] = [await member("room:1"), await member("room:1")];
    await control.run("stall", { ids: ["courier/0", "courier/1"], for_ms: for_ever });
    await eventually(async () => assert.equal((await control.run("counters")).abandoned, 2));
    says(one, "room:1", "8", 8);
    for (const client of [one, other]) assert.deepEqual(await client.next_message("broadcast"), heard("room:1", 8));
    assert.deepEqual(await one.next_message("answer"), answer("room:1", "8", "ok"));
  }));

it("with no thread left a stuck actor is not abandoned, which is said once", () =>
  with_server({ workers: 1 }, async ({ server, control, member }) => {
    const client = await member("room:1");
    for (let abandoned = 1; abandoned <= 4; ++abandoned) {
      await control.run("stall", { id: "courier/0", for_ms: for_ever });
      await eventually(async () => assert.equal((await control.run("counters")).abandoned, abandoned));
    }
    await control.run("stall", { id: "courier/0", for_ms: 3_000 });
    await logged(server, /cannot be abandoned, for no thread is left to go on with/);
    says(client, "room:1", "8", 8);
    assert.deepEqual(await client.next_message("broadcast"), heard("room:1", 8));
    assert.equal(server.stderr.match(/no thread is left/g).length, 1);
    assert.equal((await control.run("counters")).abandoned, 4);
  }));

it("where workers have descriptor tables of their own nothing is abandoned, for no thread could take over", () =>
  with_server({ workers: 0, args: [...limits, "--max-connections", "900"], descriptors: 800 },
    async ({ server, control }) => {
      await control.run("stall", { id: "courier/0", for_ms: 1_500 });
      await logged(server, /stuck for \d+ ms on worker 0: cannot be abandoned, for no thread is left/);
      await eventually(async () => assert.deepEqual(await control.run("connections"), []));
      assert.equal((await control.run("counters")).abandoned, 0);
    }));

it("a handler that ends before it is abandoned goes on as if nothing had been", () =>
  with_server({ args: ["--stuck-warn", "50ms", "--stuck-stack", "0", "--stuck-abandon", "15s", "--stuck-abort", "0"] },
  async ({ control, member }) => {
    const client = await member("room:1");
    await control.run("stall", { id: "room:1", for_ms: 250, next: true });
    says(client, "room:1", "8", 8);
    assert.deepEqual(await client.next_message("broadcast"), heard("room:1", 8));
    assert.deepEqual(await client.next_message("answer"), answer("room:1", "8", "ok"));
    const { stuck_warned, abandoned, crashes } = await control.run("counters");
    assert.ok(stuck_warned >= 1);
    assert.deepEqual({ abandoned, crashes }, { abandoned: 0, crashes: 0 });
  }));

it("a process of which no worker gets anywhere aborts, and says where they are", async () => {
  const server = new lintel_server(
    { args: ["--enable-chaos", "--workers", "2", ...no_abandon, "--stuck-abort", "1s"] });
  await server.start();
  const control = await control_socket.connect(server.data_dir);
  await control.run("stall", { ids: ["courier/0", "courier/1"], for_ms: for_ever });
  assert.deepEqual(await server.end(), { code: null, signal: "SIGABRT" });
  assert.match(server.stderr, /critical every worker has been stuck for \d+ ms: ending the process/);
  for (const at of [0, 1])
    assert.match(server.stderr, new RegExp(`critical stuck handler actor=courier/${at} .* worker=${at} stack:`));
  control.close();
  await server.remove_data();
});

it("one worker that gets somewhere keeps the process alive", () =>
  with_server({ args: [...no_abandon, "--stuck-abort", "1s"] }, async ({ server, control }) => {
    await control.run("stall", { id: "courier/0", for_ms: 2_500 });
    await logged(server, /stuck handler actor=courier\/0/);
    await eventually(async () => assert.deepEqual(await control.run("connections"), []));
  }));

it("only a server that was started for experiments stalls its actors", async () => {
  const server = new lintel_server();
  await server.start();
  try {
    const { code, stderr } = await server.ctl("stall", "registry", "--for", "1s");
    assert.deepEqual({ code, stderr }, { code: 1,
      stderr: "lintel ctl: stall is for experiments: this server was started without --enable-chaos\n" });
  } finally {
    await server.stop();
    await server.remove_data();
  }
});

it("a stall is told whom, for how long, and nonsense is refused", () =>
  with_server({}, async ({ server, control }) => {
    const refused = async (request) => (await control.ask({ command: "stall", ...request })).error;
    assert.match(await refused({ id: "registry" }), /^for how long\?/);
    assert.match(await refused({ id: "registry", for_ms: 0 }), /^for how long\?/);
    assert.match(await refused({ for_ms: 10 }), /^whom\?/);
    assert.match(await refused({ id: "nobody", for_ms: 10 }), /^no such actor: nobody/);
    assert.match((await server.ctl("stall", "registry", "--for", "soon")).stderr, /must be a time from 1ms to 24h/);
    assert.equal((await server.ctl("stall", "registry", "admin", "--for", "10ms", "--busy")).code, 0);
  }));
