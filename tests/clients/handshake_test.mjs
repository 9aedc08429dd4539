// What an upgrade request must look like, and what the others are answered (protocol 1).
import assert from "node:assert/strict";
import { describe } from "node:test";
import { request, upgrade } from "./support/http_client.mjs";
import { phoenix_versions } from "./support/phoenix_client.mjs";
import { fresh_topic, it, world } from "./support/world.mjs";

const lintel = world();
const bearer = (token) => `base64url.bearer.phx.${token}`;

it("a correct upgrade request is accepted with the key's answer", async () => {
  const { status, headers } = await upgrade(lintel.port);
  assert.equal(status, 101);
  assert.equal(headers["sec-websocket-accept"], "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
  assert.equal(headers["sec-websocket-protocol"], undefined);
  assert.equal(headers["sec-websocket-extensions"], undefined);
});

it("compression is not negotiated even if it is offered", async () => {
  const { status, headers } = await upgrade(lintel.port, {
    headers: { "Sec-WebSocket-Extensions": "permessage-deflate; client_max_window_bits" } });
  assert.equal(status, 101);
  assert.equal(headers["sec-websocket-extensions"], undefined);
});

describe("version of the protocol", () => {
  for (const vsn of ["2.0.0", "2.0.9", "1.0.0", "1.0.3"]) {
    it(`vsn=${vsn} is served`, async () => {
      assert.equal((await upgrade(lintel.port, { params: `vsn=${vsn}` })).status, 101);
    });
  }

  for (const vsn of ["3.0.0", "2.1.0", "1.1.0", "0.9.0", "two", ""]) {
    it(`vsn=${vsn} is refused with 403 and no body`, async () => {
      const { status, body } = await upgrade(lintel.port, { params: `vsn=${vsn}` });
      assert.deepEqual([status, body], [403, ""]);
    });
  }

  it("a missing vsn is served, as V1", async () => {
    assert.equal((await upgrade(lintel.port, { params: "" })).status, 101);
    const client = await lintel.raw({ params: "" });
    client.send({ topic: "phoenix", event: "heartbeat", payload: {}, ref: "1" });
    assert.equal((await client.next_message()).event, "phx_reply");
  });

  it("parameters around vsn are allowed, also nested and encoded ones", async () => {
    const params = "token=a%20b+c&user%5Bname%5D=x&vsn=2.0.0&empty=";
    assert.equal((await upgrade(lintel.port, { params })).status, 101);
  });
});

describe("origin", () => {
  for (const origin of ["http://localhost", "http://localhost:3000", "https://127.0.0.1:8443",
    "http://[::1]:4000", undefined]) {
    it(`${origin ?? "no Origin"} is allowed`, async () => {
      assert.equal((await upgrade(lintel.port, { headers: { Origin: origin } })).status, 101);
    });
  }

  for (const origin of ["https://evil.example", "http://localhost.evil.example",
    "http://127.0.0.1.evil.example", "http://evil.example:80/localhost", "null"]) {
    it(`${origin} is refused with 403 and no body`, async () => {
      const { status, body } = await upgrade(lintel.port, { headers: { Origin: origin } });
      assert.deepEqual([status, body], [403, ""]);
    });
  }
});

describe("HTTP", () => {
  for (const method of ["POST", "PUT", "HEAD", "DELETE", "OPTIONS"]) {
    it(`${method} on the socket's path is answered 400`, async () => {
      assert.equal((await upgrade(lintel.port, { method })).status, 400);
    });
  }

  it("a GET that asks for no upgrade is answered 400", async () => {
    const path = "/socket/websocket?vsn=2.0.0";
    assert.equal((await request(lintel.port, { path })).status, 400);
  });

  it("an upgrade to something else is answered 400", async () => {
    assert.equal((await upgrade(lintel.port, { headers: { Upgrade: "h2c" } })).status, 400);
  });

  it("an upgrade without a key is answered 400", async () => {
    const headers = { "Sec-WebSocket-Key": undefined };
    assert.equal((await upgrade(lintel.port, { headers })).status, 400);
  });

  for (const asked of ["8", "12", "14"]) {
    it(`Sec-WebSocket-Version ${asked} is answered 426 and told 13`, async () => {
      const headers = { "Sec-WebSocket-Version": asked };
      const answer = await upgrade(lintel.port, { headers });
      assert.equal(answer.status, 426);
      assert.equal(answer.headers["sec-websocket-version"], "13");
    });
  }

  for (const path of ["/healthz", "/readyz"]) {
    it(`${path} is answered 200`, async () => {
      assert.equal((await request(lintel.port, { path })).status, 200);
    });
  }

  it("an unknown path is answered 404", async () => {
    assert.equal((await request(lintel.port, { path: "/no/such/page" })).status, 404);
  });
});

describe("subprotocol", () => {
  const offer = (value) => upgrade(lintel.port, { headers: { "Sec-WebSocket-Protocol": value } });

  it("phoenix is echoed, alone and beside a token", async () => {
    const token = bearer("dG9rZW4");
    for (const value of ["phoenix", `phoenix, ${token}`, `${token},phoenix`]) {
      const { status, headers } = await offer(value);
      assert.deepEqual([value, status, headers["sec-websocket-protocol"]], [value, 101, "phoenix"]);
    }
  });

  it("both base64 alphabets are read, with and without padding", async () => {
    for (const token of ["fn5+Pz8/", "fn5-Pz8_", "dG9rZW4=", "dG9rZW4"])
      assert.equal((await offer(`phoenix, ${bearer(token)}`)).status, 101, token);
  });

  it("a token that is no base64 is refused with 403", async () => {
    for (const token of ["!!!!", "dG9r*W4", "dG9rZ"])
      assert.equal((await offer(`phoenix, ${bearer(token)}`)).status, 403, token);
  });

  it("offering only unknown subprotocols is refused with 403", async () => {
    assert.equal((await offer("graphql-ws")).status, 403);
    assert.equal((await offer("graphql-ws, mqtt")).status, 403);
  });

  for (const version of phoenix_versions.filter((known) => known.startsWith("1.8."))) {
    it(`phoenix ${version} connects with an authToken and works`, async () => {
      const client = await lintel.phoenix(version, { authToken: "to~~ken>with+specials" });
      assert.equal(client.socket.conn.protocol, "phoenix");
      const room = await client.join(fresh_topic());
      assert.deepEqual((await room.push("ping", { n: 1 })).response, { n: 1 });
    });
  }
});
