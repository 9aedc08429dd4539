import http from "node:http";
import { within } from "./inbox.mjs";

/// One request on a connection of its own; an accepted upgrade shows as status 101.
export function request(port, { method = "GET", path = "/", headers = {} } = {}) {
  const answer = new Promise((resolve, reject) => {
    const sent = http.request({ host: "127.0.0.1", port, method, path, headers, agent: false });
    sent.once("error", reject);
    sent.once("upgrade", (response, socket) => {
      socket.destroy();
      resolve({ status: response.statusCode, headers: response.headers, body: "" });
    });
    sent.once("response", (response) => {
      let body = "";
      response.setEncoding("utf8");
      response.on("data", (text) => (body += text));
      response.on("end", () =>
        resolve({ status: response.statusCode, headers: response.headers, body }));
    });
    sent.end();
  });
  return within(answer, `answer to ${method} ${path}`);
}

/// A correct upgrade request, to be spoilt one header at a time; `undefined` removes a header.
export function upgrade(port, { params = "vsn=2.0.0", headers = {}, ...rest } = {}) {
  const all = {
    "Connection": "Upgrade",
    "Upgrade": "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
    ...headers,
  };
  const given = Object.entries(all).filter(([, value]) => value !== undefined);
  const path = params === "" ? "/socket/websocket" : `/socket/websocket?${params}`;
  return request(port, { path, headers: Object.fromEntries(given), ...rest });
}
