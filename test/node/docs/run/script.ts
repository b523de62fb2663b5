import { type ESTree, parseSync } from "vite";
import type { Block } from "../blocks.ts";
import type { Line } from "./line.ts";

type Statement = ESTree.Program["body"][number];

/** A block that does something, as a module that exports `run`. */
export interface Script {
  readonly lines: readonly Line[];
  readonly code: string;
}

/**
 * The block as a script; undefined for one that only declares.
 *
 * Its lines are the statements with a comment behind them, and all that await: those need one, but for a `const`.
 */
export function scriptOf(block: Block): Script | undefined {
  const { program, comments } = parseSync(block.file, block.code);
  if (!program.body.some((statement) => statement.type === "ExpressionStatement" || awaits(statement)))
    return undefined;
  const lines: Line[] = [];
  const parts = program.body.map((statement) => {
    const code = block.code.slice(statement.start, statement.end);
    const comment = comments.find(({ start }) => /^[ \t]+$/.test(block.code.slice(statement.end, start)));
    const isDue = awaits(statement) && statement.type !== "VariableDeclaration";
    if (statement.start < block.bodyAt || !(comment || isDue)) return code;
    lines.push({ place: placeOf(block, statement), code, said: comment?.value.trim() });
    return telling(block.code, statement, lines.length - 1);
  });
  const declared = parts.filter((_, nth) => isDeclaration(program.body[nth]!));
  const run = parts.filter((_, nth) => !isDeclaration(program.body[nth]!));
  return { lines, code: [...declared, "export async function run(says) {", ...run, "}\n"].join("\n") };
}

/** What can stand at the top of a module only, or is nothing at run time. */
function isDeclaration(statement: Statement): boolean {
  return /^(?:Import|Export|TS)/.test(statement.type) || ("declare" in statement && statement.declare === true);
}

/** The statement, which hands over what its expression gives. */
function telling(code: string, statement: Statement, nth: number): string {
  const told = statement.type === "VariableDeclaration" ? statement.declarations[0]!.init! : valueOf(statement);
  const { start, end } = told;
  return `${code.slice(statement.start, start)}says(${nth}, ${code.slice(start, end)})${code.slice(end, statement.end)}`;
}

function valueOf(statement: Statement): { readonly start: number; readonly end: number } {
  if (statement.type === "ExpressionStatement") return statement.expression;
  throw new Error(
    `A line gives the value of an expression or a const. This is a ${statement.type}: put it into a function.`,
  );
}

/** Whether the node waits itself, not in a function that it only makes. */
function awaits(node: unknown): boolean {
  if (typeof node !== "object" || node === null) return false;
  const { type } = node as { type?: string };
  if (type === "AwaitExpression") return true;
  return !/Function|Class/.test(type ?? "") && Object.values(node).some(awaits);
}

function placeOf({ place, code, bodyAt }: Block, { start }: Statement): string {
  const [, page, first] = /^(.*):(\d+)$/.exec(place)!;
  return `${page}:${Number(first) + code.slice(bodyAt, start).split("\n").length - 1}`;
}
