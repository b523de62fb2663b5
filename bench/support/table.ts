import type { Row } from "./row.ts";

const titles = ["What", "Measured", "95 % interval", "Goal", "Reached", "Beside it"];

/** The rows as a Markdown table whose columns are aligned. */
export function tableOf(rows: readonly Row[]): string {
  const lines = [titles, ...rows.map(cellsOf)];
  const widths = titles.map((_, column) => Math.max(...lines.map((cells) => cells[column]!.length)));
  const [head, ...body] = lines.map((cells) => lineOf(cells.map((cell, column) => cell.padEnd(widths[column]!))));
  return [head, lineOf(widths.map((width) => "-".repeat(width))), ...body].join("\n");
}

function cellsOf({ what, measured, interval = "", goal = "", isReached, beside = "" }: Row): string[] {
  return [what, measured, interval, goal, isReached === undefined ? "" : isReached ? "yes" : "NO", beside];
}

function lineOf(cells: readonly string[]): string {
  return `| ${cells.join(" | ")} |`;
}
