// As much C++ as the style rules need: where comments and literals are, and where functions begin and end.

/// The text with comments, string and character literals turned into blanks. Lines stay where they are.
export function without_comments_and_literals(text) {
  const token = new RegExp([
    /\/\/(?:\\\n|[^\n])*/, // to the end of the line
    /\/\*[\s\S]*?\*\//,
    /R"([^()\\\s]{0,16})\([\s\S]*?\)\1"/,
    /"(?:\\[\s\S]|[^"\\\n])*"/,
    /(?<![0-9a-fA-F])'(?:\\[\s\S]|[^'\\\n])+'/, // but not the ' of 1'000
  ].map((part) => part.source).join("|"), "g");
  return text.replace(token, (found) => found.replace(/[^\n]/g, " "));
}

/// The text with `#include` and other preprocessor lines turned into blanks, too.
export function plain_code(text) {
  return without_comments_and_literals(text)
    .replace(/^[ \t]*#(?:\\\n|[^\n])*/gm, (found) => found.replace(/[^\n]/g, " "));
}

// A macro call such as CAF_ALLOW_UNSAFE_MESSAGE_TYPE(x) may stand before them without a semicolon.
const is_type_or_namespace =
  /^(?:[A-Z_]+\([^()]*\)\s*)*(?:template\s*<[^{]*>\s*)?(?:inline\s+)?(?:namespace|class|struct|union|enum|extern)\b/;

/// {name, line, lines} of each outermost function body; lambdas and blocks belong to the function around them.
export function functions_of(text) {
  const code = plain_code(text);
  const found = [];
  const open = []; // one entry per brace: the function it begins, or null
  let head_begin = 0; // of what stands before the next brace
  for (let at = 0; at < code.length; ++at) {
    const c = code[at];
    if (c === "{") {
      const head = code.slice(head_begin, at);
      const is_inside = open.some((scope) => scope !== null);
      const is_function = !is_inside && head.includes(")") && !is_type_or_namespace.test(head.trim());
      open.push(is_function ? { head, begin: head_begin + head.search(/\S/) } : null);
    }
    if (c === "}") {
      const scope = open.pop();
      if (scope) {
        const line = line_at(code, scope.begin);
        found.push({ name: name_in(scope.head), line, lines: line_at(code, at) - line + 1 });
      }
    }
    if (c === "{" || c === "}" || c === ";") head_begin = at + 1;
  }
  return found;
}

const line_at = (text, at) => text.slice(0, at).split("\n").length;

function name_in(head) {
  const found = head.match(/([\w~:]+|operator[^\s(]+)\s*\(/);
  return found ? found[1] : head.trim();
}

/// [{line, is_system, path}] of a file's includes.
export function includes_of(text) {
  const found = [];
  text.split("\n").forEach((content, index) => {
    const include = content.match(/^\s*#\s*include\s*([<"])([^>"]+)[>"]/);
    if (include) found.push({ line: index + 1, is_system: include[1] === "<", path: include[2] });
  });
  return found;
}
