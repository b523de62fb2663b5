import { readFileSync } from "node:fs";

/** One TypeScript block of a page, as a module. */
export interface Block {
  /** The line of the page that the part it shows starts at. */
  readonly place: string;
  /** The name of its module: preludes of the same page may import from it. */
  readonly file: string;
  /** Where it starts in the page. */
  readonly at: number;
  readonly code: string;
  /** Where in `code` the part begins that the page shows. */
  readonly bodyAt: number;
}

const fenced = /^(?:<!-- prelude\n(?<prelude>[\s\S]*?)-->\s*)?^```ts\n(?<body>[\s\S]*?)^```$/gm;

/**
 * The TypeScript blocks of a page.
 *
 * A block that imports nothing from Loom sees all of it. What a reader need not see goes into a comment right before
 * the block: `<!-- prelude`, declarations, `-->`.
 */
export function blocksOf(page: string, text: string): Block[] {
  return [...text.matchAll(fenced)].map(({ 0: whole, index: at, groups }, nth) => {
    const { prelude = "", body = "" } = groups!;
    const imports = body.includes('from "loom-do"') ? "" : importAll(prelude + body);
    return {
      place: `${page}:${lineAt(text, at + whole.indexOf("```ts\n")) + 1}`,
      file: `${nameOf(page)}-${nth + 1}.ts`,
      at,
      code: `${imports}${prelude}${body}export {};\n`,
      bodyAt: imports.length + prelude.length,
    };
  });
}

/** The number of the line of `text` that has the character at `at`. */
export function lineAt(text: string, at: number): number {
  return text.slice(0, at).split("\n").length;
}

/** A page's path as a name for files: `docs-patterns-counter`. */
export function nameOf(page: string): string {
  return page.replace(/\.md$/, "").replaceAll(/\W+/g, "-");
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
