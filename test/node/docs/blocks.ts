import { readFileSync } from "node:fs";

/** One TypeScript block of a page, as a module. */
export interface Block {
  /** The line of the page that the module's first line stands for. */
  readonly place: string;
  readonly code: string;
}

const fenced = /^(?:<!-- prelude\n(?<prelude>[\s\S]*?)-->\s*)?^```ts\n(?<body>[\s\S]*?)^```$/gm;

/**
 * The TypeScript blocks of a page.
 *
 * A block that imports nothing from Loom sees all of it. What a reader need not see goes into a comment right before
 * the block: `<!-- prelude`, declarations, `-->`.
 */
export function blocksOf(page: string, text: string): Block[] {
  return [...text.matchAll(fenced)].map(({ 0: whole, index, groups }) => {
    const { prelude = "", body = "" } = groups!;
    const line = text.slice(0, index + whole.indexOf("```ts\n")).split("\n").length + 1;
    const imports = body.includes('from "loom-do"') ? "" : importAll(prelude + body);
    return { place: `${page}:${line}`, code: `${imports}${prelude}${body}export {};\n` };
  });
}

function importAll(code: string): string {
  const free = publicNames().filter(
    (name) => !new RegExp(`\\b(?:class|interface|type|const|function) ${name}\\b`).test(code),
  );
  return `import { ${free.join(", ")} } from "loom-do";\n`;
}

/** Every name that `loom-do` exports, types included. */
export function publicNames(): string[] {
  const lists = readFileSync("src/index.ts", "utf8").matchAll(/^export (?:type )?\{([^}]+)\}/gm);
  return [...lists].flatMap(([, list]) => list!.match(/\w+/g)!.filter((word) => word !== "type"));
}
