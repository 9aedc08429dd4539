// What an open observatory costs the server, and how it scrolls: node page_cost.mjs --help
// Windows with and without the page take turns, so that what else runs on the machine is in both.
import { parseArgs } from "node:util";
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { median } from "../bench/table.mjs";
import { lintel_server } from "../clients/support/lintel_server.mjs";
import { eventually } from "../clients/support/inbox.mjs";
import { browser, crowd, link_of } from "./support/browser.mjs";

const help = `node page_cost.mjs: what an open observatory costs the server, and how it scrolls

  --connections N   live ones behind the page; default 10000
  --rate N          messages a second that they say, in rooms of 100; default 1
  --rounds N        of a window without the page and one with it; default 5
  --seconds N       per window; default 10`;

const number = (standard) => ({ type: "string", default: String(standard) });
const given = parseArgs({ options: {
  connections: number(10_000), rate: number(1), rounds: number(5), seconds: number(10),
  help: { type: "boolean", default: false, short: "h" },
} }).values;
if (given.help) {
  console.log(help);
  process.exit(0);
}
const [connections, rate, rounds, seconds] = [given.connections, given.rate, given.rounds, given.seconds].map(Number);

const clock_ticks_per_s = 100; // USER_HZ: the same on every Linux that runs this

/// Seconds of CPU that the process has used: fields 14 and 15 of proc_pid_stat(5).
function cpu_seconds_of(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1].split(" ");
  return (Number(fields[11]) + Number(fields[12])) / clock_ticks_per_s;
}

/// Percent of a core that the server uses in a window.
async function share_of(pid) {
  const [cpu, began] = [cpu_seconds_of(pid), process.hrtime.bigint()];
  await sleep(seconds * 1000);
  return (100 * (cpu_seconds_of(pid) - cpu)) / (Number(process.hrtime.bigint() - began) / 1e9);
}

/// Scrolls `selector` for five seconds; the time of every frame in ms.
const frames_of = (page, selector) => page.evaluate(async (selector) => {
  const element = document.querySelector(selector);
  const times = [];
  let [way, at] = [1, performance.now()];
  for (const end = at + 5000; at < end;) {
    const now = await new Promise(requestAnimationFrame);
    times.push(now - at);
    at = now;
    element.scrollTop += way * 40;
    if (element.scrollTop + element.clientHeight >= element.scrollHeight) way = -1;
    else if (element.scrollTop === 0) way = 1;
  }
  return times.slice(2);
}, selector);

const rank = (values, share) => [...values].sort((a, b) => a - b)[Math.floor(share * (values.length - 1))];
const shown = (value) => `${value.toFixed(2)} %`;
const percent = (values) => `${shown(median(values))} (${shown(Math.min(...values))} to ${shown(Math.max(...values))})`;

const server = new lintel_server();
await server.start();
const people = new crowd(server, { connections, rooms: Math.ceil(connections / 100), rate });
const window_of = await browser.start();
try {
  await eventually(async () => {
    const { connections_open } = await server.ctl_json("counters");
    if (connections_open < connections) throw new Error(`${connections_open} are here`);
  }, 60_000);
  await sleep(5000); // the last joins
  const [without, with_page] = [[], []];
  for (let round = 1; round <= rounds; ++round) {
    without.push(await share_of(server.pid));
    const { page } = await window_of.open(await link_of(server), { motion: "no-preference" });
    await page.locator(".field canvas").waitFor();
    await sleep(3000); // what the page asks for at its beginning
    with_page.push(await share_of(server.pid));
    console.error(`round ${round} of ${rounds}: ${without.at(-1).toFixed(2)} % without the page, `
      + `${with_page.at(-1).toFixed(2)} % with it`);
    if (round < rounds) await window_of.close_pages();
    else
      for (const [what, selector] of [["the page", "html"], ["the list of actors", ".virtual-list"]]) {
        const frames = await frames_of(page, selector);
        console.log(`scrolling ${what}: ${(1000 / median(frames)).toFixed(0)} frames/s at the median, `
          + `p99 ${rank(frames, 0.99).toFixed(1)} ms, `
          + `${frames.filter((ms) => ms > 33.4).length} of ${frames.length} late`);
      }
  }
  console.log(`${connections} connections, ${rate} messages/s; CPU of the server, in percent of a core`);
  console.log(`without the page  ${percent(without)}`);
  console.log(`with the page     ${percent(with_page)}`);
  console.log(`the page          ${percent(with_page.map((each, i) => each - without[i]))}`);
} finally {
  await window_of.stop();
  await people.stop();
  await server.stop();
  await server.remove_data();
}
