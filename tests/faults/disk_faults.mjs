// Harm to the files of the durable log: through the server's --disk-faults, and byte by byte while it is down.
import { closeSync, mkdtempSync, openSync, readSync, readdirSync, renameSync, rmSync, statSync, writeFileSync,
  writeSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

export class disk_faults {
  /// Nothing yet. The server of trial `x` has to be started with `args`.
  constructor(x) {
    const dir = mkdtempSync(path.join(tmpdir(), "lintel-faults-"));
    x.at_the_end(() => rmSync(dir, { recursive: true, force: true }));
    this.file = path.join(dir, "faults");
    this.args = ["--enable-chaos", "--disk-faults", this.file];
  }

  /// From the next operation on, as docs/operations.md has the words.
  are(words) {
    writeFileSync(`${this.file}.next`, words); // never half a word
    renameSync(`${this.file}.next`, this.file);
  }
}

/// The largest file of the log whose name ends so: {file, bytes}.
export function largest_file(data_dir, ending) {
  const dir = path.join(data_dir, "history");
  const files = readdirSync(dir).filter((name) => name.endsWith(ending))
    .map((name) => ({ file: path.join(dir, name), bytes: statSync(path.join(dir, name)).size }));
  return files.sort((a, b) => b.bytes - a.bytes)[0] ?? { file: `no *${ending} in ${dir}`, bytes: 0 };
}

/// One bit of the byte at `offset` becomes another.
export function flip_bit(file, offset) {
  const open = openSync(file, "r+");
  const byte = Buffer.alloc(1);
  readSync(open, byte, 0, 1, offset);
  byte[0] ^= 1;
  writeSync(open, byte, 0, 1, offset);
  closeSync(open);
}

/// One bit in every kilobyte but the last ones, where a table has what it needs to be opened.
export function flip_all_blocks(file, bytes) {
  for (let offset = 0; offset < bytes * 0.9 - 1024; offset += 1024) flip_bit(file, offset);
}
