// Each rule can fail: a small tree that keeps it, and trees that break it in one place.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { functions_of, without_comments_and_literals } from "./cpp_scan.mjs";
import { arrows } from "./folder_rules.mjs";
import { inspect, rules } from "./rules.mjs";
import { source_tree } from "./source_tree.mjs";

const header = "#pragma once\n\nnamespace lintel::base {\nstruct clock {};\n} // namespace lintel::base\n";
const readme = "# base\n| file | what it is |\n|---|---|\n| `clock.hpp` | time |\n";
const good = { "base/clock.hpp": header, "base/README.md": readme };

const tree_with = (changes) => new source_tree(Object.entries({ ...good, ...changes }));
const broken_rules = (tree, exceptions = []) =>
  inspect(tree, exceptions).filter(({ violations }) => violations.length > 0).map(({ rule }) => rule.name);
const in_base = (text) => `${header}\nnamespace lintel::base {\n${text}\n} // namespace lintel::base\n`;
const in_actors = (text) => ({ "actors/room.cpp": text, "actors/README.md": "| `room.cpp` | a room |\n" });
const body = (lines) => `{\n${"  work();\n".repeat(lines - 2)}}\n`;

// One or more ways to break each rule.
const breaches = {
  file_length: [{ "base/clock.hpp": header + "\n".repeat(300) + "// end\n" }],
  function_length: [{ "base/clock.hpp": in_base(`inline void f() ${body(71)}`) },
    { "base/clock.hpp": in_base(`class c {\n  int g(int n) const ${body(71)}};`) }],
  line_length: [{ "base/clock.hpp": `${header}// ${"x".repeat(118)}\n` }],
  whole_lines: [{ "base/clock.hpp": header.trimEnd() }, { "base/clock.hpp": `${header}\n\n` },
    { "base/clock.hpp": header.replace(";", "; ") .replace("{};", "{};  ") }, { "Makefile": "a:\n\tb\n" },
    { "docs/a.md": "text\r\n" }],
  nothing_postponed: [{ "base/clock.hpp": `${header}// TO${"DO"}: more\n` }, { "docs/a.md": `FIX${"ME"}\n` }],
  telling_names: [{ "base/clock.hpp": in_base("struct clock_manager;") },
    { "base/clock.hpp": in_base("void process_message();") },
    { "base/string_utils.hpp": header, "base/README.md": `${readme}| \`string_utils.hpp\` | strings |\n` }],
  headers_open_no_namespace: [{ "base/clock.hpp": in_base("using namespace std;") }],
  headers_are_read_once: [{ "base/clock.hpp": header.replace("#pragma once\n\n", "") }],
  includes_exist: [{ "base/clock.hpp": `${header}#include "base/gone.hpp"\n` },
    { "base/clock.hpp": `${header}#include "clock.hpp"\n` }],
  includes_follow_arrows: [{ "base/clock.hpp": `${header}#include <caf/actor.hpp>\n` },
    in_actors('#include <sys/epoll.h>\nnamespace lintel::actors {}\n'),
    in_actors('#include <boost/asio/post.hpp>\nnamespace lintel::actors {}\n')],
  namespace_is_folder: [{ "base/clock.hpp": header.replaceAll("lintel::base", "lintel::gateway") },
    { "base/clock.hpp": "#pragma once\nstruct clock {};\n" }],
  readme_lists_files: [{ "base/README.md": "# base\n" }, { "base/README.md": `${readme}| \`gone.hpp\` | what was |\n` },
    in_actors("namespace lintel::actors {}\n"), { "script/build": "#!/bin/sh\n" }],
};
delete breaches.readme_lists_files[2]["actors/README.md"];

describe("a tree in our style", () => {
  it("breaks no rule", () => assert.deepEqual(broken_rules(tree_with({})), []));
  it("has a breach in this file for every rule", () =>
    assert.deepEqual(rules.map((rule) => rule.name).sort(), Object.keys(breaches).sort()));
});

describe("a breach", () => {
  for (const [rule, trees] of Object.entries(breaches))
    trees.forEach((changes, index) => it(`of ${rule} is found, and nothing else (${index + 1})`, () =>
      assert.deepEqual(broken_rules(tree_with(changes)), [rule])));
});

describe("arrows", () => {
  const folders = Object.keys(arrows);
  for (const from of folders)
    for (const to of folders.filter((folder) => folder !== from && !arrows[from].folders.includes(folder)))
      it(`${from} does not include ${to}`, () => {
        const text = `#include "${to}/thing.hpp"\nnamespace lintel::${from} {}\n`;
        const thing = `#pragma once\nnamespace lintel::${to} {}\n`;
        const tree = new source_tree([[`${from}/own.cpp`, text], [`${from}/README.md`, "| `own.cpp` | it |\n"],
          [`${to}/thing.hpp`, thing], [`${to}/README.md`, "| `thing.hpp` | it |\n"]]);
        assert.deepEqual(broken_rules(tree), ["includes_follow_arrows"]);
      });
});

describe("exceptions", () => {
  const long = { "base/clock.hpp": `${header}// ${"x".repeat(118)}\n` };
  const granted = [{ rule: "line_length", path: "base/clock.hpp", why: "a test" }];
  it("excuse one file from one rule", () => assert.deepEqual(broken_rules(tree_with(long), granted), []));
  it("are broken rules once they excuse nothing", () =>
    assert.deepEqual(broken_rules(tree_with({}), granted), ["exceptions_are_needed"]));
});

describe("the C++ scan", () => {
  it("sees no code in comments and literals", () => {
    const text = 'a(); // "b"\nc = "d // e"; /* f\n*/ g = R"(h")"; i = 1\'000; j = \'"\';';
    const blank = without_comments_and_literals(text);
    assert.equal(blank.replace(/ +/g, " "), "a(); \nc = ; \n g = ; i = 1'000; j = ;");
  });
  it("counts a function from its head to its brace, lambdas included", () => {
    const text = "struct s {\n  void f(int a,\n         int b) {\n    g([&] {\n      h();\n    });\n  }\n};\n";
    assert.deepEqual(functions_of(text), [{ name: "f", line: 2, lines: 6 }]);
  });
  it("takes no type, namespace or initializer for a function", () => {
    const text = "namespace a {\nstruct alignas(8) b {\n  int c{(1)};\n};\nMACRO(b)\nclass d {\n};\n}\n";
    assert.deepEqual(functions_of(text).map(({ name }) => name).filter((name) => name !== "c"), []);
  });
});
