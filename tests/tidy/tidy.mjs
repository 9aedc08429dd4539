// Is the checkout in our style? Prints a line for each rule, and each violation. Exit status 1 if there is one.
//   node tests/tidy/tidy.mjs [root]
import path from "node:path";
import { fileURLToPath } from "node:url";
import { exceptions } from "./exceptions.mjs";
import { inspect } from "./rules.mjs";
import { source_tree } from "./source_tree.mjs";

const here = path.dirname(fileURLToPath(import.meta.url));
const root = process.argv[2] ?? path.join(here, "../..");

for (const { rule, violations } of inspect(source_tree.read(root), exceptions)) {
  console.log(`  ${violations.length === 0 ? "PASS" : "FAIL"}  ${rule.name}: ${rule.why}`);
  for (const { path: file, line, what } of violations) {
    console.log(`        ${file}${line ? `:${line}` : ""}: ${what}`);
    process.exitCode = 1;
  }
}
