// The checkout as one map from path to text: rules read it, and self-tests make small ones by hand.
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";

const not_ours = new Set([".git", "build", "node_modules", "lintel-data", "corpus"]);
const without_rules = new Set(["LICENSE", "package-lock.json"]);

export class source_tree {
  /// `files`: path → text. Paths are relative to the root and use slashes.
  constructor(files) {
    this.files = new Map([...new Map(files)].sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  static read(root) {
    const found = [];
    const walk = (folder) => {
      for (const entry of readdirSync(path.join(root, folder), { withFileTypes: true })) {
        const name = folder === "" ? entry.name : `${folder}/${entry.name}`;
        if (entry.isDirectory() && !not_ours.has(entry.name)) walk(name);
        if (entry.isFile() && entry.name !== ".git" && !without_rules.has(entry.name))
          found.push([name, is_image(name) ? "" : readFileSync(path.join(root, name), "utf8")]);
      }
    };
    walk("");
    return new source_tree(found);
  }

  has(name) { return this.files.has(name); }
  text(name) { return this.files.get(name); }
  paths() { return [...this.files.keys()]; }

  cpp() { return this.paths().filter(is_cpp); }
  headers() { return this.paths().filter((name) => name.endsWith(".hpp")); }
  code() { return this.paths().filter(is_code); }
}

const is_image = (name) => /\.png$/.test(name);
export const is_cpp = (name) => /\.[ch]pp$/.test(name);
export const is_script = (name) => /^(script|\.ci)\/[^.]+$/.test(name);
export const is_code = (name) => is_cpp(name) || /\.(mjs|ts|css)$/.test(name) || is_script(name);

/// "tests/unit/base/x.cpp" → "tests"; a file at the root has none.
export const folder_of = (name) => (name.includes("/") ? name.slice(0, name.indexOf("/")) : "");
export const parent_of = (name) => path.posix.dirname(name);
