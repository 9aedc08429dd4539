// Numbers for people. Always with the same number of characters where they change fast, so that nothing jumps.
const grouped = new Intl.NumberFormat("en-US");

export const count = (value: number): string => grouped.format(Math.round(value));

/// 950, 12.4k, 1.25M
export function short_count(value: number): string {
  const size = Math.abs(value);
  if (size < 1000) return size < 10 && !Number.isInteger(value) ? value.toFixed(1) : String(Math.round(value));
  if (size < 1e6) return `${(value / 1e3).toFixed(size < 1e4 ? 2 : size < 1e5 ? 1 : 0)}k`;
  return `${(value / 1e6).toFixed(size < 1e7 ? 2 : 1)}M`;
}

export function micros(us: number): string {
  if (us < 1) return `${us.toFixed(2)} µs`;
  if (us < 1000) return `${us < 10 ? us.toFixed(1) : Math.round(us)} µs`;
  if (us < 1e6) return `${(us / 1e3).toFixed(us < 1e4 ? 2 : 1)} ms`;
  return `${(us / 1e6).toFixed(2)} s`;
}

export const nanos = (ns: number): string => micros(ns / 1e3);

export function bytes(value: number): string {
  if (value < 1024) return `${Math.round(value)} B`;
  const units = ["KiB", "MiB", "GiB"];
  let size = value / 1024;
  let unit = 0;
  while (size >= 1024 && unit < units.length - 1) {
    size /= 1024;
    ++unit;
  }
  return `${size.toFixed(size < 10 ? 2 : size < 100 ? 1 : 0)} ${units[unit]}`;
}

export function duration(seconds: number): string {
  const s = Math.max(0, Math.floor(seconds));
  if (s < 60) return `${s} s`;
  if (s < 3600) return `${Math.floor(s / 60)} min ${s % 60} s`;
  return `${Math.floor(s / 3600)} h ${Math.floor((s % 3600) / 60)} min`;
}

export const clock = (at_ms: number): string => new Date(at_ms).toLocaleTimeString("en-GB");

export const plural = (n: number, one: string, many = `${one}s`): string => `${count(n)} ${n === 1 ? one : many}`;
