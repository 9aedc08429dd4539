// A thread of its own, for the event loop of an experiment may be busy: connects again and again until it is refused,
// and then says when that was, by the machine's monotonic clock (process.hrtime).
import net from "node:net";
import { parentPort, Worker, workerData } from "node:worker_threads";
import { fileURLToPath } from "node:url";

const pause_ms = 1;

/// Starts it. Resolves to {refused}, once the port accepts; `refused` resolves to a bigint of nanoseconds.
export async function watch_door(port) {
  const worker = new Worker(fileURLToPath(import.meta.url), { workerData: { port } });
  const next = () => new Promise((resolve, reject) => {
    worker.once("message", resolve);
    worker.once("error", reject);
  });
  await next();
  return { refused: next() };
}

async function probe(port) {
  const is_accepted = () => new Promise((resolve) => {
    const socket = net.connect({ port, host: "127.0.0.1" });
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
  for (let is_first = true; await is_accepted(); is_first = false) {
    if (is_first) parentPort.postMessage("accepted");
    await new Promise((resolve) => setTimeout(resolve, pause_ms));
  }
  parentPort.postMessage(process.hrtime.bigint());
}

if (parentPort !== null && workerData?.port !== undefined) await probe(workerData.port);
