// What the kernel says about the server's process.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";

const ticks_per_second = 100; // USER_HZ, of every Linux

export class server_process {
  constructor(pid) {
    this.pid = pid;
  }

  signal(name) {
    process.kill(this.pid, name);
  }

  /// {rss_bytes, threads, descriptors}
  resources() {
    const status = readFileSync(`/proc/${this.pid}/status`, "utf8");
    const number = (name) => Number(status.match(new RegExp(`^${name}:\\s+(\\d+)`, "m"))[1]);
    return { rss_bytes: number("VmRSS") * 1024, threads: number("Threads"),
      descriptors: readdirSync(`/proc/${this.pid}/fd`).length };
  }

  /// From here on peak_rss_bytes() counts.
  forget_peak() {
    writeFileSync(`/proc/${this.pid}/clear_refs`, "5");
  }
  peak_rss_bytes() {
    return Number(readFileSync(`/proc/${this.pid}/status`, "utf8").match(/^VmHWM:\s+(\d+)/m)[1]) * 1024;
  }

  /// User and system time since its start.
  cpu_seconds() {
    const fields = readFileSync(`/proc/${this.pid}/stat`, "utf8").replace(/^.*\) /s, "").split(" ");
    return (Number(fields[11]) + Number(fields[12])) / ticks_per_second;
  }
}
