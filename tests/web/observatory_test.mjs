// The observatory with a thousand chatting connections behind it.
import assert from "node:assert/strict";
import { eventually } from "../clients/support/inbox.mjs";
import { crowd, is_live, link_of, number_of } from "./support/browser.mjs";
import { it, site } from "./support/site.mjs";

const connections = 1000;
let people;
const lintel = site({
  args: ["--enable-chaos"],
  async opened({ server }) {
    people = new crowd(server, { connections });
    await eventually(async () => {
      const { connections_open } = await server.ctl_json("counters");
      assert.ok(connections_open >= connections);
    }, 60_000);
  },
  // The crowd's own account, behind everything that was done to it.
  async closed() {
    const last = (await people.stop()).split("\n").filter((line) => line.includes(" joined, ")).at(-1);
    assert.match(last, /1,000 of 1,000 joined/);
  },
});

async function open(options) {
  const window = await lintel.browser.open(await link_of(lintel.server), options);
  await is_live(window);
  return window;
}
const row = (page, id) => page.locator(`.tree-row[data-id="${id}"]`);
const fact = (name) => `.chaos .facts div:has(dt:text-is("${name}")) dd`;

it("shows the tree with its counts, and vital signs", async () => {
  const window = await open();
  for (const id of ["root", "rooms", "rooms/0", "registry", "connections/0", "courier/0", "listener/0", "admin"])
    await row(window.page, id).waitFor();
  await window.shows(".tile .number", (text) => number_of(text) > connections, "the crowd and this page");
  await window.shows(".field .legend", (text) => number_of(text.split(", a")[0]) > connections, "a cell for everybody");
  const counted = await row(window.page, "connections/0").innerText();
  assert.match(counted, /[\d,]+ connections/);
});

it("the tree is walked with the keyboard", async () => {
  const { page } = await open();
  await row(page, "root").focus();
  await page.keyboard.press("ArrowDown");
  assert.equal(await page.evaluate(() => document.activeElement.dataset.id), "rooms");
  await page.keyboard.press("ArrowLeft");
  await row(page, "rooms/0").waitFor({ state: "hidden" });
  assert.equal(await row(page, "rooms").getAttribute("aria-expanded"), "false");
  await page.keyboard.press("ArrowRight");
  await row(page, "rooms/0").waitFor();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "rooms/0" }).first().waitFor();
});

it("folding with the mouse leaves a row that Tab reaches", async () => {
  const { page } = await open();
  await row(page, "rooms/0").click();
  await row(page, "rooms").locator(".toggle").click();
  await row(page, "rooms/0").waitFor({ state: "hidden" });
  assert.deepEqual(await page.locator(`.tree-row[tabindex="0"]`).evaluateAll((rows) => rows.map((r) => r.dataset.id)),
    ["rooms"]);
});

it("a thousand kills close no socket, and everybody is back", async () => {
  const window = await open();
  const { page } = window;
  await page.getByRole("button", { name: "Count anew" }).click();
  await page.getByRole("button", { name: "Kill 1,000 random connections" }).click();
  await window.shows(fact("Kills"), (text) => number_of(text) >= connections, "a thousand kills");
  await window.shows(fact("Restarts"), (text) => number_of(text) >= connections, "as many restarts");
  assert.equal(await window.text(fact("Kills")), await window.text(fact("Restarts")));
  assert.equal(await window.text("#closed"), "0");
  assert.match(await window.text(fact("p50")), /^[\d.]+ (µs|ms)$/);
  const described = await page.locator(".histogram canvas").getAttribute("aria-label");
  assert.match(described, /Recovery times of 1,\d{3} restarts/);
  const { kills, restarts, sockets_closed_by_server } = await lintel.server.ctl_json("chaos");
  assert.deepEqual([kills >= connections, kills, sockets_closed_by_server], [true, restarts, 0]);
  assert.match(lintel.server.stderr,
    /audit action=kill whom="random 1000" count=1000 role=admin source="c\d+-\d+-\d+ 127\.0\.0\.1:\d+"/);
});

it("kills go on at a rate on the server, until they are stopped", async () => {
  const window = await open();
  const { page } = window;
  await page.getByRole("button", { name: "Count anew" }).click();
  await page.getByLabel("Kills per second").fill("8"); // the ninth of its steps
  await page.getByRole("button", { name: "Start" }).click();
  await page.getByRole("button", { name: "Stop" }).waitFor();
  assert.equal((await lintel.server.ctl_json("chaos")).rate, 500);
  await window.shows(fact("Kills"), (text) => number_of(text) >= 300, "kills");
  await window.screenshot("observatory-chaos");
  await page.getByRole("button", { name: "Stop" }).click();
  await page.getByRole("button", { name: "Start" }).waitFor();
  assert.equal((await lintel.server.ctl_json("chaos")).rate, 0);
  assert.equal(await window.text("#closed"), "0");
});

it("finds connections by room and by id, shows one live, and kills it", async () => {
  const window = await open();
  const { page } = window;
  await page.getByLabel("Find actors by id, user or room").fill("room:3");
  await page.locator(`.line-name[data-key="room:3"]`).waitFor();
  const id = (await page.locator(".line-name .id").filter({ hasText: /^c\d/ }).first().innerText()).trim();
  await page.getByLabel("Find actors by id, user or room").fill(id);
  await window.shows(".children .legend", (text) => text.startsWith("0 rooms; 1 "), "the one");
  await page.locator(`.line-name[data-key="${id}"]`).click();
  const incarnation = Number(await window.shows(".incarnation b", (text) => text !== "", "a number"));
  await page.locator(".trace tr").first().waitFor();
  await page.locator(".actor .buttons").getByRole("button", { name: "Kill" }).click();
  await window.shows(".incarnation b", (text) => Number(text) === incarnation + 1, "the next incarnation");
  await page.getByText("the one before ended: killed").waitFor();
});

it("what changes every second keeps focus, place and elements", async () => {
  const window = await open();
  const { page } = window;
  const guest = await lintel.browser.open(`${lintel.url}chat#room=focus`);
  const id = await guest.shows("#self-id", (text) => text.startsWith("c"), "its id");
  const says = async (n) => {
    for (let i = 0; i < n; ++i) {
      await guest.page.getByLabel("Message", { exact: true }).fill(`word ${i}`);
      await guest.page.keyboard.press("Enter");
    }
  };
  await page.getByLabel("Find actors by id, user or room").fill(id);
  await page.locator(`.line-name[data-key="${id}"]`).click();
  await page.locator(".chip", { hasText: "room:focus" }).waitFor();
  await says(12);
  const rows = () => page.locator(".trace tr").count();
  await eventually(async () => assert.ok(await rows() >= 24), 30_000);

  await page.locator(".trace").focus();
  await page.locator(".trace").evaluate((trace) => (trace.scrollTop = 60));
  await window.remember(".trace");
  const place = () => page.evaluate(() => {
    const frame = document.querySelector(".trace").getBoundingClientRect();
    globalThis.read ??= [...document.querySelectorAll(".trace tr")].find(
      (each) => each.getBoundingClientRect().top >= frame.top);
    return Math.round(globalThis.read.getBoundingClientRect().top - frame.top);
  });
  const before = [await place(), await rows()];
  await says(4);
  await eventually(async () => assert.ok(await rows() > before[1] + 4), 30_000);
  assert.deepEqual(await window.has_kept(), { element: true, focus: true });
  assert.equal(await place(), before[0], "the row that is read stays where it is");

  const line = page.locator(".line", { hasText: id });
  await line.locator(".line-name").focus();
  await window.remember(".line-name");
  const incarnation = Number((await line.innerText()).match(/inc\. (\d+)/)[1]);
  await lintel.server.ctl("kill", id);
  await line.getByText(`inc. ${incarnation + 1}`).waitFor();
  assert.deepEqual(await window.has_kept(), { element: true, focus: true });
});

it("an emptied search goes back to the group; the name of a user is found and shown", async () => {
  const window = await open();
  const guest = await lintel.browser.open(`${lintel.url}chat`);
  const field = window.page.getByLabel("Find actors by id, user or room");
  await window.page.getByRole("heading", { name: "connections/0" }).first().waitFor();
  await guest.page.getByLabel("Your name in this tab").fill("Zenobia");
  await guest.page.keyboard.press("Tab");
  await guest.page.locator(".people li", { hasText: "Zenobia" }).waitFor();
  await field.fill("Zenobia");
  await window.shows(".children .legend", (text) => text.startsWith("0 rooms; 1 connection"), "the one");
  assert.match(await window.text(".line"), /Zenobia/);
  await field.fill("");
  await window.shows("#children-title", (text) => text === "connections/0", "the group again");
});

it("a supervisor is shown, killed, and is no actor that is gone", async () => {
  const window = await open();
  const { page } = window;
  await row(page, "rooms").click();
  await window.shows(".actor .pill", (text) => text === "up", "its status");
  await page.locator(".actor").getByText("supervisor").waitFor();
  const restarts = async () =>
    number_of(await page.locator(`.actor .facts div:has(dt:text-is("restarts")) dd`).innerText());
  const before = await restarts();
  assert.equal(await page.locator(".actor .buttons").getByRole("button", { name: "Crash" }).isVisible(), false);
  await page.locator(".actor .buttons").getByRole("button", { name: "Kill" }).click();
  await eventually(async () => assert.equal(await restarts(), before + 1), 30_000);
});

it("tells the truth when a socket is closed, and why", async () => {
  const window = await open();
  const { page } = window;
  await page.getByRole("button", { name: "Count anew" }).click();
  const victim = await lintel.browser.open(`${lintel.url}chat`);
  const id = await victim.shows("#self-id", (text) => text.startsWith("c"), "its id");
  for (let i = 0; i < 6; ++i) {
    await lintel.server.ctl("crash", id);
    await eventually(async () => {
      const found = await lintel.server.ctl("connection", id);
      assert.ok(found.code !== 0 || / up$/m.test(found.stdout));
    }, 30_000);
  }
  await window.shows("#closed", (text) => text === "1", "one closed");
  assert.match(await window.text(".closed-note"), /1 actor gave up/);
  victim.forgive(/WebSocket/);
});

it("poison crashes the handler of the next message", async () => {
  const window = await open();
  const guest = await lintel.browser.open(`${lintel.url}chat`);
  const id = await guest.shows("#self-id", (text) => text.startsWith("c"), "its id");
  await window.page.getByLabel("Find actors by id, user or room").fill(id);
  await window.page.locator(`.line-name[data-key="${id}"]`).click();
  await window.page.getByRole("button", { name: "Poison" }).click();
  await guest.page.getByLabel("Message", { exact: true }).fill("bitter");
  await guest.page.keyboard.press("Enter");
  await window.page.getByText("the one before ended: crash: a poison message").waitFor();
});

it("charts have what the server says", async () => {
  const window = await open();
  for (const title of ["Load", "Worker lag", "CPU", "Connections", "Memory per connection"])
    await window.shows(`.chart:has(h3:text-is("${title}")) .key b`, (text) => /\d/.test(text), `${title} as a number`);
  assert.equal(await window.page.locator(".chart canvas").count(), 6);
});

for (const [name, options] of Object.entries({
  light: {}, dark: { scheme: "dark" }, narrow: { width: 400, height: 860 } })) {
  it(`fits its window: ${name}`, async () => {
    const window = await open(options);
    await window.shows(".chart .key b", (text) => /\d/.test(text), "a number");
    await window.page.getByRole("button", { name: "Kill 100 random connections" }).click();
    await window.shows(fact("Kills"), (text) => number_of(text) > 0, "kills");
    assert.equal(await window.overflow(), 0);
    await window.screenshot(`observatory-${name}`, { fullPage: true });
  });
}
