// Who gets into the observatory, and what it shows to whom.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { request } from "../clients/support/http_client.mjs";
import { lintel_bin } from "../clients/support/lintel_server.mjs";
import { is_live, link_of } from "./support/browser.mjs";
import { it, site } from "./support/site.mjs";

const lintel = site();
const refused = /401|Unauthorized/; // Chromium logs every answer that is no success

async function token(role) {
  const { stdout } = await promisify(execFile)(lintel_bin,
    ["token", "--data-dir", lintel.server.data_dir, "--role", role]);
  return stdout.trim();
}

it("the link that the server prints at its start opens the observatory", async () => {
  const link = lintel.server.first_url;
  assert.match(link, /^http:\/\/127\.0\.0\.1:\d+\/#link=[A-Za-z0-9_-]{43}$/);
  const { page } = await lintel.browser.open(link);
  await page.getByRole("treeitem", { name: "registry" }).waitFor();
  assert.equal(page.url(), lintel.url, "nothing of the link stays in the address");
  assert.equal(await page.evaluate(() => history.length), 2, "about:blank and the page");
});

it("a link works once", async () => {
  const link = await link_of(lintel.server);
  const first = await lintel.browser.open(link);
  await first.page.getByRole("treeitem", { name: "registry" }).waitFor();
  const second = await lintel.browser.open(link);
  await second.page.getByText("That link was used, or is too old.").waitFor();
  assert.equal(second.page.url(), lintel.url);
  second.forgive(refused);
});

it("another tab of the same browser is let in; a reload keeps what one may", async () => {
  const { page } = await lintel.browser.open(await link_of(lintel.server));
  await page.getByRole("treeitem", { name: "registry" }).waitFor();
  await page.reload();
  await page.getByRole("treeitem", { name: "registry" }).waitFor();
  const other = await lintel.browser.tab(page.context(), lintel.url);
  await other.page.getByRole("treeitem", { name: "registry" }).waitFor();
});

it("without a link a token is asked for, and a wrong one refused", async () => {
  const window = await lintel.browser.open(lintel.url);
  const { page } = window;
  await page.getByLabel("Token").fill("x".repeat(43));
  await page.getByRole("button", { name: "Open" }).click();
  await page.getByText("The server does not know this token.").waitFor();
  assert.equal(await page.getByRole("tree").count(), 0);
  await page.getByLabel("Token").fill(await token("admin"));
  await page.getByRole("button", { name: "Open" }).click();
  await page.getByRole("button", { name: "Kill 1 random connection" }).waitFor();
  window.forgive(refused);
});

it("a viewer sees everything and has no button that kills", async () => {
  const { page } = await lintel.browser.open(await link_of(lintel.server, "viewer"));
  await page.getByRole("treeitem", { name: "registry" }).click();
  await page.getByText("You are a viewer").waitFor();
  await page.getByRole("heading", { name: "registry" }).waitFor();
  assert.equal(await page.getByRole("button", { name: /^(Kill|Crash|Stall|Poison|Start|Count anew)/ }).count(), 0);
});

it("signing out signs out all tabs, also after a reload", async () => {
  const one = await lintel.browser.open(await link_of(lintel.server), { width: 400, height: 860 });
  await is_live(one);
  const other = await lintel.browser.tab(one.page.context(), lintel.url);
  await is_live(other);
  const key = await one.page.evaluate(() => sessionStorage.getItem("lintel.key"));
  const role_of = async (who) =>
    (await request(lintel.server.port, { path: "/session", headers: { Authorization: `Bearer ${who}` } })).status;
  assert.equal(await role_of(key), 200);
  await one.page.getByRole("button", { name: "Sign out" }).click();
  for (const window of [one, other]) {
    await window.page.getByText("Signed out, in all tabs of this browser.").waitFor();
    assert.equal(await window.page.evaluate(() => sessionStorage.length), 0);
    assert.equal(await window.page.getByRole("tree").count(), 0);
  }
  for (const { page } of [one, other]) {
    await page.reload();
    await page.getByLabel("Token").waitFor();
  }
  assert.equal(await role_of(key), 401, "the server has forgotten it");
});

it("no page is shown under a foreign name, and none in a frame or with foreign code", async () => {
  const get = (host, path = "/") => request(lintel.server.port, { path, headers: { Host: host } });
  for (const host of ["evil.example", "evil.example:4000", "127.0.0.1.evil.example", "192.168.0.7"])
    for (const path of ["/", "/chat", "/session", "/metrics"])
      assert.equal((await get(host, path)).status, 403, `${host}${path}`);
  for (const path of ["/", "/chat"]) {
    const { status, headers } = await get(`localhost:${lintel.server.port}`, path);
    assert.equal(status, 200);
    const policy = headers["content-security-policy"];
    for (const rule of ["default-src 'none'", "script-src 'self'", "style-src 'self'", "connect-src 'self'",
      "frame-ancestors 'none'", "base-uri 'none'", "form-action 'none'"])
      assert.ok(policy.split("; ").includes(rule), `${rule} in ${policy}`);
    assert.equal(headers["x-content-type-options"], "nosniff");
    assert.equal(headers["referrer-policy"], "no-referrer");
    assert.equal(headers["cache-control"], "no-store");
  }
});

it("what a page loads is never asked for again", async () => {
  const { body } = await request(lintel.server.port, { path: "/" });
  const assets = [...body.matchAll(/(?:src|href)="(\/assets\/[^"]+)"/g)].map((match) => match[1]);
  assert.ok(assets.length >= 2);
  for (const path of assets) {
    const { status, headers } = await request(lintel.server.port, { path });
    assert.equal(status, 200);
    assert.equal(headers["cache-control"], "public, max-age=31536000, immutable");
  }
  assert.equal((await request(lintel.server.port, { path: "/assets/../index.html" })).status, 404);
});
