// How a page gets in, and out again: a link that works once, the key for it, and a key that is forgotten.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { it, world } from "./support/world.mjs";

const lintel = world();

const request = (method, where, key, headers = {}) => fetch(`http://127.0.0.1:${lintel.port}${where}`,
  { method, headers: { ...(key && { Authorization: `Bearer ${key}` }), ...headers } });

async function key_of_link() {
  const { url } = await lintel.control.run("link");
  const response = await request("GET", "/session", url.split("#link=")[1]);
  assert.equal(response.status, 200);
  return (await response.json()).key;
}

it("a key that is given back opens nothing any more", async () => {
  const key = await key_of_link();
  const other = await key_of_link();
  assert.equal((await request("GET", "/session", key)).status, 200);
  assert.equal((await request("DELETE", "/session", key)).status, 204);
  assert.equal((await request("GET", "/session", key)).status, 401);
  assert.equal((await request("GET", "/api/v1/rooms", key)).status, 401);
  assert.equal((await request("DELETE", "/session", key)).status, 401);
  assert.equal((await request("GET", "/session", other)).status, 200);
});

it("neither strangers, nor foreign pages, nor other paths can do that", async () => {
  const key = await key_of_link();
  assert.equal((await request("DELETE", "/session")).status, 401);
  assert.equal((await request("DELETE", "/session", key, { Origin: "https://elsewhere.example" })).status, 403);
  assert.equal((await request("DELETE", "/", key)).status, 405);
  assert.equal((await request("GET", "/session", key)).status, 200);
});

it("the keys of the data directory stay", async () => {
  const key = (await readFile(path.join(lintel.server.data_dir, "admin.key"), "utf8")).trim();
  assert.equal((await request("DELETE", "/session", key)).status, 409);
  assert.equal((await request("GET", "/session", key)).status, 200);
});
