// Rules about lines and words. A rule's `check` returns what it found as [{path, line?, what}].
import { functions_of, plain_code } from "./cpp_scan.mjs";
import { is_cpp } from "./source_tree.mjs";

const file_lines_max = 300;
const function_lines_max = 70;
const line_columns_max = 120;

// The word, and what to write instead.
const banned_words = {
  helper: "the noun it is", helpers: "the noun it is",
  util: "the noun it is", utils: "the noun it is", utility: "the noun it is", utilities: "the noun it is",
  manager: "what it does: supervisor, registry, table", managers: "what it does: supervisor, registry, table",
  misc: "a folder or name of its own", stuff: "the noun it is", foo: "a name",
};
const banned_identifiers = {
  process_message: "the message's verb: join, push", handle_message: "the message's verb: join, push",
  process_data: "what is done to what: decode_frame", handle_data: "what is done to what: decode_frame",
  handle_event: "the event's name: socket_closed", do_work: "the work", do_it: "the work", get_data: "the thing",
};

/// Every match of `pattern` in `text`, with its line.
function* matches(text, pattern) {
  for (const found of text.matchAll(pattern))
    yield { line: text.slice(0, found.index).split("\n").length, found };
}

export const file_length = {
  name: "file_length",
  why: `files of at most ${file_lines_max} lines`,
  check: (tree) => tree.code().flatMap((path) => {
    const lines = tree.text(path).split("\n").length - 1;
    return lines > file_lines_max ? [{ path, what: `${lines} lines; the limit is ${file_lines_max}` }] : [];
  }),
};

export const function_length = {
  name: "function_length",
  why: `functions of at most ${function_lines_max} lines`,
  check: (tree) => tree.cpp().flatMap((path) => functions_of(tree.text(path))
    .filter((each) => each.lines > function_lines_max)
    .map(({ name, line, lines }) =>
      ({ path, line, what: `${name} has ${lines} lines; the limit is ${function_lines_max}` }))),
};

export const line_length = {
  name: "line_length",
  why: `lines of at most ${line_columns_max} columns`,
  check: (tree) => tree.code().flatMap((path) => tree.text(path).split("\n").flatMap((text, index) => {
    const columns = [...text].length;
    return columns > line_columns_max
      ? [{ path, line: index + 1, what: `${columns} columns; the limit is ${line_columns_max}` }] : [];
  })),
};

export const whole_lines = {
  name: "whole_lines",
  why: "files end with one newline; no tabs, no trailing blanks, no carriage returns",
  check: (tree) => tree.paths().flatMap((path) => {
    const text = tree.text(path);
    const found = [];
    if (text !== "" && !text.endsWith("\n")) found.push({ path, what: "no newline at the end" });
    if (text.endsWith("\n\n")) found.push({ path, what: "an empty line at the end" });
    for (const { line } of matches(text, /[ \t\r]+$/gm)) found.push({ path, line, what: "blanks at a line's end" });
    for (const { line } of matches(text, /^ *\t/gm)) found.push({ path, line, what: "a tab as indentation" });
    return found;
  }),
};

export const nothing_postponed = {
  name: "nothing_postponed",
  why: "what is to be done is done, or an issue",
  // Spelled in halves, or this file would break its own rule.
  check: (tree) => tree.paths().flatMap((path) =>
    [...matches(tree.text(path), new RegExp(`\\b(TO${"DO"}|FIX${"ME"}|XX${"X"})\\b`, "g"))]
      .map(({ line, found }) => ({ path, line, what: `${found[0]}: do it, or file an issue` }))),
};

export const telling_names = {
  name: "telling_names",
  why: "names say what a thing is",
  check: (tree) => tree.cpp().flatMap((path) => {
    const found = [];
    const judge = (identifier, line) => {
      const word = identifier.split("_").find((part) => Object.hasOwn(banned_words, part.toLowerCase()));
      const instead = banned_identifiers[identifier] ?? (word && banned_words[word.toLowerCase()]);
      if (instead) found.push({ path, line, what: `"${identifier}" says nothing; write ${instead}` });
    };
    judge(path.replace(/^.*\/|\.\w+$/g, ""));
    for (const { line, found: each } of matches(plain_code(tree.text(path)), /\b[A-Za-z_]\w*\b/g)) judge(each[0], line);
    return found;
  }),
};

export const headers_open_no_namespace = {
  name: "headers_open_no_namespace",
  why: "a header does not decide what its reader's names mean",
  check: (tree) => tree.headers().flatMap((path) =>
    [...matches(plain_code(tree.text(path)), /\busing\s+namespace\b/g)]
      .map(({ line }) => ({ path, line, what: "`using namespace` in a header" }))),
};

export const headers_are_read_once = {
  name: "headers_are_read_once",
  why: "a header begins with #pragma once",
  check: (tree) => tree.headers()
    .filter((path) => is_cpp(path) && !tree.text(path).startsWith("#pragma once\n"))
    .map((path) => ({ path, line: 1, what: "does not begin with #pragma once" })),
};
