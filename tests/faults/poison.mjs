// E3: a frame that makes its handler throw, and payloads that could not be encoded for some of the room.
import { Buffer } from "node:buffer";
import { judge_invariants, look } from "./invariants.mjs";
import { sleep } from "./trial.mjs";

const topic = "room:poison";
const peers_count = 100;
const silence_ms = 500; // a frame that was to be handled again would be by then

export const poison = {
  id: "E3",
  what: "a frame whose handler throws, and payloads that some members could not be sent",
  async run(x) {
    await x.start_server(["--enable-chaos"]);
    const peers = await Promise.all(Array.from({ length: peers_count }, () => x.client()));
    for (const peer of peers) await peer.join(topic);
    const victim = await x.client();
    await victim.join(topic);
    const before = look(x);
    await throwing_frame(x, victim, peers, "chaos:crash");
    await throwing_frame(x, victim, peers, "chaos:crash_room");
    await judge_invariants(x, before, peers_count + 1);
    await unencodable_payloads(x, peers);
  },
};

async function throwing_frame(x, victim, peers, event) {
  x.say(event);
  const of = event === "chaos:crash" ? "connection" : "room";
  const [poisoned, behind] = [`${of} 1`, `${of} 2`];
  const answer_to = async (ref) =>
    (await victim.next(`answer to ${ref}`, ({ message }) => message[1] === ref)).message[4];
  const moved = await x.counted(async () => {
    victim.send(["1", poisoned, topic, event, {}]);
    victim.send(["1", behind, topic, "ping", { n: 1 }]);
    const answer = await answer_to(poisoned);
    x.check(`${of}: the frame's ref is answered`, JSON.stringify(answer), "crashed",
      answer.status === "error" && answer.response.reason === "crashed");
    const next = await answer_to(behind);
    x.check(`${of}: the frame behind it is handled`, JSON.stringify(next), "ok", next.status === "ok");
    await sleep(silence_ms);
  });
  x.equal(`${of}: crashes`, moved.crashes, 1);
  x.equal(`${of}: restarts`, moved.restarts, 1);
  x.equal(`${of}: sockets closed`, moved.sockets_closed_by_server, 0);
  const heard = await heard_before_fence(victim, peers);
  const repeated = victim.frames.unread(({ message }) => message[1] === poisoned);
  x.equal(`${of}: frames of it at its ${peers.length} peers`, heard.filter((each) => each === event).length, 0);
  x.equal(`${of}: further answers to its ref`, repeated.length, 0);
}

/// What MessagePack can say and JSON cannot: [what, the payload's bytes].
const unencodable = [
  ["text that is no UTF-8", [0x81, 0xa1, 0x61, 0xa2, 0xc3, 0x28]],
  ["NaN", [0x81, 0xa1, 0x61, 0xcb, 0x7f, 0xf8, 0, 0, 0, 0, 0, 0]],
  ["infinity", [0x81, 0xa1, 0x61, 0xcb, 0x7f, 0xf0, 0, 0, 0, 0, 0, 0]],
  ["a key that is a number", [0x81, 0x01, 0xa1, 0x61]],
  ["an extension type", [0x81, 0xa1, 0x61, 0xd4, 0x05, 0x00]],
];

async function unencodable_payloads(x, peers) {
  const moved = await x.counted(async () => {
    for (const [what, payload] of unencodable) {
      x.say(what);
      const sender = await x.client("vsn=2.0.0&format=msgpack");
      await sender.join(topic);
      sender.send(push_of(payload));
      const outcome = await Promise.race([
        sender.closed.then(({ code }) => `closed with ${code}`),
        sender.next("answer", ({ message }) => message?.[1] === "2").then(({ message }) => message[4].status)
          .catch((failure) => failure.message)]);
      const is_refused = outcome === "error" || /^closed with 100[37]$/.test(outcome);
      x.check(`${what} is refused at publish`, outcome, "an error, or 1003 or 1007", is_refused);
      sender.socket.close();
      await sender.closed;
    }
  });
  x.equal("unencodable: crashes", moved.crashes, 0);
  x.equal("unencodable: restarts", moved.restarts, 0);
  const heard = await heard_before_fence(peers[0], peers);
  x.equal(`unencodable: frames of it at ${peers.length} peers`, heard.filter((each) => each !== "fence").length, 0);
}

/// [join_ref "1", ref "2", topic, "said", payload] in MessagePack.
function push_of(payload) {
  const text = (string) => [0xa0 | string.length, ...Buffer.from(string)];
  return Buffer.from([0x95, ...text("1"), ...text("2"), ...text(topic), ...text("said"), ...payload]);
}

/// All members hear a message sent now; the events of everything that reached them before it.
async function heard_before_fence(sender, peers) {
  sender.send(["1", "99", topic, "fence", {}]);
  const heard = [];
  for (const peer of peers) {
    for (let event = ""; event !== "fence"; heard.push(event)) event = (await next_broadcast(peer))[3];
  }
  if (!peers.includes(sender)) await next_broadcast(sender);
  return heard.filter((event) => event !== "fence");
}

const next_broadcast = async (client) =>
  (await client.next("broadcast", ({ message }) => message[3] !== "phx_reply")).message;
