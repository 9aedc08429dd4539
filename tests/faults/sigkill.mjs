// E12: the process is killed, without a word, again and again.
import { appendFileSync, readdirSync } from "node:fs";
import { randomBytes } from "node:crypto";
import path from "node:path";
import { recovering_client } from "./recovering_client.mjs";
import { delivery_checker } from "./delivery_checker.mjs";
import { median, percentile } from "./figures.mjs";
import { history_load, judge_delivery } from "./history_load.mjs";
import { now_ms, sleep } from "./trial.mjs";

const kills_default = 100;
const life_ms_max = 600; // of a server, after it is ready
const back_ms_max = 10_000;
const start_ms_max = 3_000;
const torn_every = 3; // kills; the log's end is then torn as well
const torn_bytes_max = 400;
const messages_default = 1_000_000;
const filled_topics = 10;
const fillers = 20;
const filler_window = 50;

export const sigkill = {
  id: "E12a",
  what: "SIGKILL at random instants while publishers and subscribers of durable topics are at work; torn log ends",
  has_own_load: true,
  async run(x) {
    const kills = x.options.kills ?? kills_default;
    await x.start_server();
    const load = new history_load(x.server.port);
    const lost_at = [];
    const took = [];
    let last_lost = 0;
    try {
      await load.join();
      load.talk();
      for (let kill = 1; kill <= kills; kill++) {
        x.say(`kill ${kill} of ${kills}`);
        await sleep(Math.random() * life_ms_max);
        await x.kill_server();
        const promised = load.checker.acknowledgements();
        if (kill % torn_every === 0) tear_log_end(x.server.data_dir);
        took.push(await x.start_again());
        await eventually_back(load);
        await load.read_stored(x);
        const lost = load.checker.lost_of(promised).length;
        if (lost > last_lost) lost_at.push(`${lost - last_lost} after kill ${kill}`);
        last_lost = lost;
      }
      await load.fall_silent();
      await load.read_stored(x, { from_the_start: true });
      judge(x, load, { kills, took, lost_at });
    } finally {
      load.close();
    }
  },
};

function judge(x, load, { kills, took, lost_at }) {
  x.check("acknowledged messages that were gone when the server was back", lost_at.join(", ") || "0", "0",
    lost_at.length === 0);
  const verdict = judge_delivery(x, load.checker);
  const epochs = load.topics.map((topic) => load.checker.epochs(topic).length);
  x.check("epochs of each topic", epochs.join(" "), "1 each", epochs.every((count) => count === 1));
  x.check("recoveries of those who came back", verdict.recoveries, `at least ${kills}`, verdict.recoveries >= kills);
  x.at_most(`from start to listening, slowest of ${kills}`, Math.max(...took), start_ms_max, "ms");
  x.note(`from start to listening: median ${median(took).toFixed(0)} ms`);
  x.note(`acknowledged after p50 ${median(load.acknowledged_ms).toFixed(1)} ms, ` +
    `p99 ${percentile(load.acknowledged_ms, 99).toFixed(0)} ms, the dead time included`);
}

/// Everybody is a member again and somebody was acknowledged since; else the machine, not the server, sets the pace.
async function eventually_back(load) {
  const began = now_ms();
  const is_back = () => load.last_ok > began &&
    load.members.every((client, i) => client.is_joined(load.topic_of(i % load.publishers.length)));
  while (!is_back()) {
    if (now_ms() - began > back_ms_max) throw new Error(`not everybody is back ${back_ms_max} ms after the restart`);
    await sleep(5);
  }
}

/// Half a record behind the newest log's last one: what a machine leaves that lost its power in the middle of a write.
function tear_log_end(data_dir) {
  const dir = path.join(data_dir, "history");
  const newest = readdirSync(dir).filter((name) => name.endsWith(".log")).sort().at(-1);
  if (newest === undefined) throw new Error(`no log in ${dir}`);
  appendFileSync(path.join(dir, newest), randomBytes(1 + Math.floor(Math.random() * torn_bytes_max)));
}

export const long_log = {
  id: "E12b",
  what: "a log of 1,000,000 messages, SIGKILL, and the time until the server listens again",
  has_own_load: true,
  async run(x) {
    const messages = x.options.messages ?? messages_default;
    await x.start_server();
    await fill(x, messages);
    await x.kill_server();
    x.at_most("from start to listening after SIGKILL", await x.start_again(), start_ms_max, "ms");
    await judge_filled(x, messages);
    await x.stop_server();
    x.at_most("from start to listening after SIGTERM", await x.start_again(), start_ms_max, "ms");
  },
};

async function fill(x, messages) {
  const began = now_ms();
  const checker = { invoked() {}, acknowledged() {}, refused() {}, joined() {}, received() {} };
  const clients = Array.from({ length: fillers }, (_, i) => new recovering_client(x.server.port, `f${i}`, checker));
  await Promise.all(clients.map((client, i) => client.join(filled_topic(i))));
  const payload = { pad: "x".repeat(200) };
  let [begun, done] = [0, 0];
  const publish_on = async (client, i) => {
    while (begun < messages) {
      begun++;
      const { reason } = await client.publish(filled_topic(i), payload);
      if (reason) throw new Error(`filling: ${reason}`);
      if (++done % 1_000 === 0) x.say(`${done.toLocaleString("en")} of ${messages.toLocaleString("en")} messages`);
    }
  };
  await Promise.all(clients.flatMap((client, i) =>
    Array.from({ length: filler_window }, () => publish_on(client, i))));
  for (const client of clients) client.close();
  x.note(`filled with ${(messages / (now_ms() - began) * 1000).toFixed(0)} messages/s`);
}

const filled_topic = (i) => `log:filled/${i % filled_topics}`;

/// Every topic still has its newest offset, and the last hundred messages can be read.
async function judge_filled(x, messages) {
  const reader = new recovering_client(x.server.port, "reader", new delivery_checker());
  let [sum, is_contiguous] = [0, true];
  for (let i = 0; i < filled_topics; i++) {
    await reader.join(filled_topic(i));
    const { status, response } = await reader.page(filled_topic(i), { limit: 100 });
    if (status !== "ok") throw new Error(`history of ${filled_topic(i)}: ${JSON.stringify(response)}`);
    sum += response.offset;
    is_contiguous &&= response.messages.every(({ offset }, at) => offset === response.offset - 99 + at);
  }
  reader.close();
  x.equal("messages of all topics, by their offsets", sum, messages);
  x.check("the last hundred of each topic are there", is_contiguous ? "all" : "not all", "all", is_contiguous);
}
