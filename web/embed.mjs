// Writes a C++ file that contains every file of a folder: node embed.mjs FOLDER FILE. The assembler takes the bytes in,
// so that no compiler has to read them.
import { readdirSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";

const [folder, out] = process.argv.slice(2);
const files = readdirSync(folder, { recursive: true })
  .map((name) => name.split(path.sep).join("/"))
  .filter((name) => statSync(path.join(folder, name)).isFile())
  .sort();
if (!files.includes("index.html")) throw new Error(`no index.html in ${folder}`);

const bytes_of = (name, i) => `asm(R"(
.section .rodata
.global lintel_web_begin_${i}
.global lintel_web_end_${i}
lintel_web_begin_${i}: .incbin "${path.resolve(folder, name)}"
lintel_web_end_${i}: .byte 0
.text
)");
extern "C" const char lintel_web_begin_${i}[];
extern "C" const char lintel_web_end_${i}[];
`;
const entry_of = (name, i) =>
  `      {"${name}", {lintel_web_begin_${i},
        static_cast<std::size_t>(lintel_web_end_${i} - lintel_web_begin_${i})}},\n`;

writeFileSync(out, `// Written by web/embed.mjs.
#include "app/static_files.hpp"

${files.map(bytes_of).join("")}
namespace lintel::app {

std::span<const embedded_file> embedded_files() noexcept {
  static const embedded_file all[] = {
${files.map(entry_of).join("")}  };
  return all;
}

} // namespace lintel::app
`);
