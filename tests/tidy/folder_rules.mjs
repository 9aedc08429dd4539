// Rules about folders: what a folder may include, which namespace it is, what its README lists.
import { includes_of, plain_code } from "./cpp_scan.mjs";
import { folder_of, is_code, parent_of } from "./source_tree.mjs";

const sockets = /^(boost\/(asio|beast)|sys\/(epoll|eventfd|ioctl|select|socket|uio|un)|netinet\/|arpa\/|netdb|poll)\b/;
const caf = /^caf\//;

/// Each folder's arrows: whose headers it may include, and which libraries it must not.
export const arrows = {
  base: { folders: [], never: [caf, sockets, /^(msgpack|rapidjson|spdlog|CLI)\b/] },
  protocol: { folders: ["base"], never: [caf, sockets] },
  supervisors: { folders: ["base"], never: [sockets] },
  history: { folders: ["base", "protocol"], never: [caf, sockets] },
  actors: { folders: ["base", "protocol", "supervisors", "history"], never: [sockets] },
  gateway: { folders: ["base", "protocol", "supervisors", "history", "actors"], never: [] },
  app: { folders: ["base", "protocol", "supervisors", "history", "actors", "gateway"], never: [] },
  loadgen: { folders: ["base", "protocol"], never: [caf] },
  examples: { folders: ["base", "supervisors"], never: [sockets] },
};
const modules = Object.keys(arrows);

const has_own_readme = [...modules, "script", "tests", "tests/clients", "tests/tidy", "tests/web", "web"];

export const includes_follow_arrows = {
  name: "includes_follow_arrows",
  why: `${modules.join(", ")}: each includes only what its arrows allow`,
  check: (tree) => tree.cpp().filter((path) => modules.includes(folder_of(path))).flatMap((path) => {
    const own = folder_of(path);
    return includes_of(tree.text(path)).flatMap(({ line, is_system, path: target }) => {
      const to = folder_of(target);
      if (is_system)
        return arrows[own].never.some((library) => library.test(target))
          ? [{ path, line, what: `${own}/ must not include <${target}>` }] : [];
      return to === "" || to === own || arrows[own].folders.includes(to)
        ? [] : [{ path, line, what: `${own}/ must not include "${target}"` }];
    });
  }),
};

export const includes_exist = {
  name: "includes_exist",
  why: "headers of ours are included by their path from the root",
  check: (tree) => tree.cpp().flatMap((path) => includes_of(tree.text(path))
    .filter(({ is_system, path: target }) =>
      !is_system && !tree.has(target) && !tree.has(`${parent_of(path)}/${target}`))
    .map(({ line, path: target }) => ({ path, line, what: `no file ${target}` }))
    .concat(includes_of(tree.text(path))
      .filter(({ is_system, path: target }) =>
        !is_system && !target.includes("/") && modules.includes(folder_of(path)))
      .map(({ line, path: target }) => ({ path, line, what: `write "${folder_of(path)}/${target}"` })))),
};

export const namespace_is_folder = {
  name: "namespace_is_folder",
  why: "namespace lintel::<folder> in <folder>/",
  check: (tree) => tree.cpp().filter((path) => modules.includes(folder_of(path))).flatMap((path) => {
    const own = folder_of(path);
    const code = plain_code(tree.text(path));
    const found = [...code.matchAll(/\bnamespace\s+(lintel(?:::\w+)*)\s*\{/g)].map((match) => match[1]);
    const wrong = found.filter((name) => name !== `lintel::${own}` && !name.startsWith(`lintel::${own}::`));
    if (wrong.length > 0) return [{ path, what: `namespace ${wrong[0]} in ${own}/` }];
    const needs_one = !/(^|\/)main\.cpp$/.test(path);
    return found.length === 0 && needs_one ? [{ path, what: `no namespace lintel::${own}` }] : [];
  }),
};

/// What a README lists: the backticked names in the first cell of its table rows. "x.hpp/.cpp" is two files, "x"
/// without an ending is every x.* beside it, "x/" is a folder.
export function entries_of(readme) {
  return [...readme.matchAll(/^\| *((?:`[^`]+`[, ]*)+)\|/gm)]
    .flatMap((row) => [...row[1].matchAll(/`([^`]+)`/g)].map((each) => each[1]))
    .flatMap((entry) => {
      const [first, ...endings] = entry.split("/.");
      return [first, ...endings.map((ending) => first.replace(/\.\w+$/, `.${ending}`))];
    });
}

function is_listed(file, entries) {
  return entries.some((entry) => entry === file || (!entry.includes(".") && file.replace(/\.\w+$/, "") === entry) ||
    (entry.endsWith("/") && file.startsWith(entry)));
}

export const readme_lists_files = {
  name: "readme_lists_files",
  why: "a folder's README lists each of its files, and nothing that is gone",
  check: (tree) => has_own_readme.filter((folder) => tree.paths().some((path) => path.startsWith(`${folder}/`)))
    .flatMap((folder) => {
      const readme = `${folder}/README.md`;
      if (!tree.has(readme)) return [{ path: readme, what: "missing" }];
      const inside = tree.paths().filter((path) => path.startsWith(`${folder}/`))
        .map((path) => path.slice(folder.length + 1));
      const files = inside.filter((file) => is_code(`${folder}/${file}`));
      const entries = entries_of(tree.text(readme));
      const missing = files.filter((file) => !is_listed(file, entries))
        .map((file) => ({ path: readme, what: `does not list ${file}` }));
      const dead = entries.filter((entry) => !inside.some((file) => is_listed(file, [entry])))
        .map((entry) => ({ path: readme, what: `lists ${entry}, which is not there` }));
      return [...missing, ...dead];
    }),
};
