// From single runs to the table: medians, and ratios to the first server.

import { workloads } from "./workloads.mjs";

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/// Why a run counts for nothing, or null.
function objection(run) {
  if (run.withheld) return run.withheld;
  const failed = run.checks.find((check) => !check.passed);
  return failed ? `${failed.name}: ${failed.detail}` : null;
}

function cell(runs, row) {
  const objections = runs.map(objection);
  const values = runs.filter((run, i) => objections[i] === null && Number.isFinite(run.figures[row.figure]))
    .map((run) => run.figures[row.figure]);
  if (values.length === 0) {
    return { reason: objections.find((each) => each !== null) ?? `the report has no ${row.figure}` };
  }
  return {
    median: median(values), least: Math.min(...values), most: Math.max(...values),
    rounds: values.length, left_out: runs.length - values.length,
  };
}

/// One entry per row of the table: { name, cells: { floor, lintel, ... } }.
export function summarise(runs, server_names) {
  const rows = [];
  for (const [name, workload] of Object.entries(workloads)) {
    const of_workload = runs.filter((run) => run.workload === name);
    if (of_workload.length === 0) continue;
    for (const row of workload.rows) {
      const cells = {};
      for (const server of server_names) {
        const mine = of_workload.filter((run) => run.server === server);
        if (mine.length > 0) cells[server] = cell(mine, row);
      }
      const base = cells[server_names[0]]?.median;
      for (const each of Object.values(cells)) if (base && each.median !== undefined) each.ratio = each.median / base;
      rows.push({ name: row.name, digits: row.digits, cells });
    }
  }
  return rows;
}

function text_of(each, is_base, digits) {
  if (each === undefined) return "–";
  if (each.median === undefined) return `n/a: ${each.reason}`;
  const spread = each.rounds > 1 ? ` (${each.least.toFixed(digits)}–${each.most.toFixed(digits)})` : "";
  const ratio = is_base || each.ratio === undefined ? "" : ` = ×${each.ratio.toFixed(2)}`;
  const left_out = each.left_out > 0 ? ` [${each.left_out} of ${each.rounds + each.left_out} runs n/a]` : "";
  return `${each.median.toFixed(digits)}${spread}${ratio}${left_out}`;
}

/// Markdown, aligned for terminals too.
export function as_markdown(rows, server_names) {
  const lines = [["workload", ...server_names],
    ...rows.map((row) => [row.name, ...server_names.map((s, i) => text_of(row.cells[s], i === 0, row.digits))])];
  const widths = lines[0].map((_, column) => Math.max(...lines.map((line) => line[column].length)));
  const written = lines.map((line) => `| ${line.map((text, i) => text.padEnd(widths[i])).join(" | ")} |`);
  written.splice(1, 0, `|${widths.map((width) => "-".repeat(width + 2)).join("|")}|`);
  return written.join("\n");
}
