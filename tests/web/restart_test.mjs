// The server is restarted under open pages.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { lintel_bin } from "../clients/support/lintel_server.mjs";
import { is_live, link_of } from "./support/browser.mjs";
import { it, site } from "./support/site.mjs";

const lintel = site();
const expected = /WebSocket|ERR_CONNECTION_REFUSED|401/; // Chromium logs what fails

async function admin_token() {
  const { stdout } = await promisify(execFile)(lintel_bin, ["token", "--data-dir", lintel.server.data_dir]);
  return stdout.trim();
}

async function sign_in(page, token) {
  await page.getByLabel("Token").fill(token);
  await page.getByRole("button", { name: "Open" }).click();
}

it("a page whose key died with the server asks for another, and carries out nothing late", async () => {
  const window = await lintel.browser.open(await link_of(lintel.server));
  const { page } = window;
  await is_live(window);
  await lintel.server.stop();
  await window.shows(".state", (text) => text === "reconnecting…", "that nobody hears it");
  await page.getByRole("button", { name: "Kill 1 random connection" }).click();
  await page.getByText("Not killed: not connected to the server; nothing was sent").waitFor();
  await lintel.server.start();
  await page.getByText("The server was restarted").waitFor();
  await page.getByText("A new link is printed by `lintel ctl link`").waitFor();
  assert.equal(await page.getByRole("tree").count(), 0);
  assert.equal(await page.locator(".state").isVisible(), false, "nobody calls that live");
  assert.equal((await lintel.server.ctl_json("chaos")).began_at_ms, null, "nobody was killed");
  await sign_in(page, await admin_token());
  await is_live(window);
  await page.getByRole("treeitem", { name: "registry" }).waitFor();
  window.forgive(expected);
});

it("a page with a token is live again by itself, and its numbers are those of the new server", async () => {
  const window = await lintel.browser.open(lintel.url);
  const { page } = window;
  await sign_in(page, await admin_token());
  await is_live(window);
  await page.getByRole("treeitem", { name: "registry" }).click();
  await window.shows(".incarnation b", (text) => text === "1", "an incarnation");
  await lintel.server.stop();
  await window.shows(".state", (text) => text !== "live", "that nobody hears it");
  await lintel.server.start();
  await is_live(window);
  await lintel.server.ctl("kill", "registry");
  await window.shows(".incarnation b", (text) => text === "2", "the next incarnation");
  await window.shows(".chaos .facts dd", (text) => text === "1", "the kill");
  window.forgive(expected);
});

it("a chat tells that the history of its room began anew", async () => {
  const window = await lintel.browser.open(`${lintel.url}chat#room=restart`);
  await is_live(window);
  await window.page.getByLabel("Message", { exact: true }).fill("before");
  await window.page.keyboard.press("Enter");
  await window.shows("#tally", (text) => text.includes("1 of 1 message acknowledged"), "acknowledged");
  await lintel.server.stop();
  await lintel.server.start();
  await is_live(window);
  await window.page.getByText("This room's history began anew while you were away").waitFor();
  window.forgive(expected);
});
