// All rules, and how they are applied. A rule: {name, why, check(tree) → [{path, line?, what}]}.
import * as folder_rules from "./folder_rules.mjs";
import * as text_rules from "./text_rules.mjs";

const is_rule = (value) => typeof value?.check === "function";

export const rules = [...Object.values(text_rules), ...Object.values(folder_rules)].filter(is_rule);

/// Applies every rule: [{rule, violations}]. Exceptions take violations away; one without any is a violation.
export function inspect(tree, exceptions) {
  const unused = new Set(exceptions);
  const results = rules.map((rule) => ({
    rule,
    violations: rule.check(tree).filter((violation) => {
      const granted = exceptions.filter((each) => each.rule === rule.name && each.path === violation.path);
      granted.forEach((each) => unused.delete(each));
      return granted.length === 0;
    }),
  }));
  const rule = { name: "exceptions_are_needed", why: "an exception goes when its reason has gone" };
  const violations = [...unused].map((each) =>
    ({ path: "tests/tidy/exceptions.mjs", what: `${each.rule} in ${each.path} needs no exception` }));
  return [...results, { rule, violations }];
}
