// The load unit: L10k, or a share of it.
import { trial } from "./trial.mjs";

const full = { connections: 10_000, rooms: 100, rate: 500, payload_bytes: 256 };
export const fallback_scale = 0.2; // L2k: 2,000 connections, 20 rooms, 100 messages/s
const calibration_seconds = 5;

/// `scale` 1 is L10k: 10,000 connections in 100 rooms, 500 messages of 256 bytes a second, 50,000 deliveries.
export function unit_of(scale) {
  const whole = (number, least) => Math.max(least, Math.round(number * scale));
  const connections = whole(full.connections, 20);
  return { scale, name: connections % 1000 === 0 ? `L${connections / 1000}k` : `L${connections}`, connections,
    rooms: whole(full.rooms, 4), rate: whole(full.rate, 20), payload_bytes: full.payload_bytes,
    window_seconds: scale < fallback_scale ? 1 : 5 };
}

/// L10k where the generator can carry it undisturbed, else L2k. `say` hears why.
export async function unit_for_this_machine(say) {
  const x = new trial("load", unit_of(1), say);
  try {
    await x.start_server();
    await x.start_witness();
    await x.calm("before_1", calibration_seconds);
    const { figures, notes } = await x.witness.finish();
    if (figures.saturated_before_1 === 0) return x.unit;
    say(`L10k is too much for this machine (${notes[0]}): L2k`);
  } catch (failure) {
    say(`L10k does not run here (${failure.message.split("\n")[0]}): L2k`);
  } finally {
    await x.close();
  }
  return unit_of(fallback_scale);
}
