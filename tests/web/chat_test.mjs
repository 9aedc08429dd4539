// The chat: the reader kills their own connection's actor and goes on typing.
import assert from "node:assert/strict";
import { it, site } from "./support/site.mjs";

const lintel = site();

async function enter(room, options) {
  const window = await lintel.browser.open(`${lintel.url}chat#room=${room}`, options);
  await window.shows("#self-id", (text) => /^c\d+-\d+-\d+$/.test(text), "the actor's id");
  return window;
}

async function say(window, text) {
  await window.page.getByLabel("Message", { exact: true }).fill(text);
  await window.page.keyboard.press("Enter");
}

const bodies = ({ page }) => page.locator(".message .body").allInnerTexts();
const hears = (window, text) => window.page.locator(".message .body", { hasText: text }).first().waitFor();
const incarnation = async (window) => Number(await window.text("#self-incarnation"));

it("two tabs hear each other, and see each other typing", async () => {
  const [one, other] = [await enter("two"), await enter("two")];
  await say(one, "is somebody here?");
  await hears(other, "is somebody here?");
  const name = await one.page.getByLabel("Your name in this tab").inputValue();
  await one.page.getByLabel("Message", { exact: true }).pressSequentially("and");
  await other.page.getByText(`${name} is typing`).waitFor();
  await say(other, "yes");
  await hears(one, "yes");
});

it("one kills one's own actor and goes on: the same socket, the next incarnation, nothing lost or twice", async () => {
  const [one, other] = [await enter("kill"), await enter("kill")];
  const id = await one.text("#self-id");
  const said = [];
  for (let kills = 0; kills < 5; ++kills) {
    const before = await incarnation(one);
    await say(one, `before kill ${kills}`);
    await one.page.getByRole("button", { name: "Kill it" }).click();
    await say(one, `after kill ${kills}`);
    said.push(`before kill ${kills}`, `after kill ${kills}`);
    await one.shows("#self-incarnation", (text) => Number(text) === before + 1, "the next incarnation");
  }
  await hears(other, "after kill 4");
  assert.deepEqual(await bodies(other), said);
  assert.deepEqual(await bodies(one), said);
  assert.equal(await one.text("#self-id"), id, "the same connection");
  await one.shows("#tally", (text) => text === "Killed 5 times. 10 of 10 messages acknowledged.", "all acknowledged");
  assert.equal(await one.text(".state"), "live");
});

it("a kill by an operator is shown at once", async () => {
  const window = await enter("operator");
  const before = await incarnation(window);
  const { code } = await lintel.server.ctl("kill", await window.text("#self-id"));
  assert.equal(code, 0);
  await window.shows("#self-incarnation", (text) => Number(text) === before + 1, "the next incarnation");
  await window.page.getByText(`Incarnation ${before + 1} goes on, on the same socket.`).waitFor();
});

it("rooms are apart, and one more is entered by name", async () => {
  const [one, other] = [await enter("here"), await enter("there")];
  await say(other, "not for everybody");
  await hears(other, "not for everybody");
  await one.page.getByLabel("Enter another room").fill("there");
  await one.page.keyboard.press("Enter");
  await one.page.getByRole("heading", { name: "#there" }).waitFor();
  await say(one, "now here");
  await hears(other, "now here");
});

it("shows who is here, under the name that they choose; a kill changes nothing about it", async () => {
  const [one, other] = [await enter("people"), await enter("people")];
  const name = await one.page.getByLabel("Your name in this tab").inputValue();
  await other.page.locator(".people li", { hasText: name }).waitFor();
  await other.page.getByRole("heading", { name: "2 people here" }).waitFor();
  await one.page.getByRole("button", { name: "Kill it" }).click();
  await one.shows("#self-incarnation", (text) => Number(text) === 2, "the second incarnation");
  await one.page.getByLabel("Your name in this tab").fill("Grace the Second");
  await one.page.keyboard.press("Tab");
  await other.page.locator(".people li", { hasText: "Grace the Second" }).waitFor();
  await other.page.getByRole("heading", { name: "2 people here" }).waitFor();
});

it("who comes later sees what was said before", async () => {
  const early = await enter("earlier");
  for (const text of ["one", "two", "three"]) await say(early, text);
  await early.shows("#tally", (text) => text.includes("3 of 3 messages acknowledged"), "all acknowledged");
  const late = await enter("earlier");
  await hears(late, "three");
  assert.deepEqual(await bodies(late), ["one", "two", "three"]);
});

it("says when messages were missed, and goes on from the newest", async () => {
  const speaker = await enter("hole");
  const context = speaker.page.context();
  let is_cut = false;
  const sockets = [];
  await context.routeWebSocket(/\/socket\//, (socket) => {
    if (is_cut) socket.close();
    else {
      socket.connectToServer();
      sockets.push(socket);
    }
  });
  const absent = await lintel.browser.tab(context, `${lintel.url}chat#room=hole`);
  await say(speaker, "first");
  await hears(absent, "first");
  is_cut = true;
  await Promise.all(sockets.map((socket) => socket.close()));
  await absent.shows(".state", (text) => text !== "live", "that nobody hears it");
  for (let i = 0; i < 120; ++i) await say(speaker, `word ${i}`); // the server keeps the last hundred
  await speaker.shows("#tally", (text) => text.includes("121 of 121 messages acknowledged"), "all acknowledged");
  is_cut = false;
  await absent.page.getByText("Some messages were missed while you were away.").waitFor();
  await hears(absent, "word 119");
  assert.equal((await bodies(absent)).at(-1), "word 119");
});

it("a duplicated tab becomes somebody else, and both stay connected", async () => {
  const one = await enter("twins");
  const kept = await one.page.evaluate(() => ({ ...sessionStorage }));
  const twin = await one.page.context().newPage();
  await twin.addInitScript((storage) => {
    if (sessionStorage.length === 0) Object.assign(sessionStorage, storage);
  }, kept);
  await twin.goto(`${lintel.url}chat#room=twins`);
  await twin.getByRole("heading", { name: "2 people here" }).waitFor();
  assert.notEqual(await twin.getByLabel("Your name in this tab").inputValue(),
    await one.page.getByLabel("Your name in this tab").inputValue());
  assert.equal(await one.text(".state"), "live");
});

it("needs nothing that only secure contexts have: http:// in the own network is none", async () => {
  const first = await enter("plain");
  const context = first.page.context();
  await context.addInitScript(() => delete Crypto.prototype.randomUUID);
  const window = await lintel.browser.tab(context, `${lintel.url}chat#room=plain`);
  assert.equal(await window.page.evaluate(() => typeof crypto.randomUUID), "undefined");
  await say(window, "over plain http");
  await hears(first, "over plain http");
});

it("what looks like markup is text", async () => {
  const window = await enter("markup");
  await say(window, "<img src=x onerror=alert(1)>");
  await hears(window, "<img src=x onerror=alert(1)>");
  assert.equal(await window.page.locator(".messages img").count(), 0);
});

for (const [name, options] of Object.entries({
  light: {}, dark: { scheme: "dark" }, narrow: { width: 400, height: 860 } })) {
  it(`fits its window: ${name}`, async () => {
    const guest = await enter(`looks-${name}`);
    const window = await enter(`looks-${name}`, options);
    await say(guest, "Is this the room where one kills one's own connection?");
    await hears(window, "Is this the room");
    await say(window, "It is. Watch this.");
    await window.page.getByRole("button", { name: "Kill it" }).click();
    await window.shows("#self-incarnation", (text) => Number(text) === 2, "the second incarnation");
    await say(window, "Still here.");
    await hears(guest, "Still here.");
    await window.page.locator(".people").getByText("2 people here").waitFor();
    assert.equal(await window.overflow(), 0);
    await window.screenshot(`chat-${name}`);
  });
}
