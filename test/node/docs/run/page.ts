import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { WranglerDev } from "../../../browser/support/wrangler-dev.ts";
import { type Block, blocksOf, nameOf } from "../blocks.ts";
import { answersOf, type Run } from "./answers.ts";
import { configOf } from "./config.ts";
import { curlSteps } from "./curl.ts";
import type { Line, Step } from "./line.ts";
import { type Script, scriptOf } from "./script.ts";

// Inside the repository, where tsconfig.json and node_modules answer for the imports.
export const directory = join(import.meta.dirname, "..", ".pages");

/**
 * A page whose lines run, from its top to its end: curl lines in a shell, a script that imports `env` inside the page's
 * Worker, any other script beside it, as a client or a test of the reader's.
 */
export class Page {
  readonly path: string;
  readonly text: string;
  readonly #steps: readonly Step[];
  readonly #inside: Readonly<Record<string, string>>;

  constructor(path: string) {
    this.path = path;
    this.text = readFileSync(path, "utf8");
    const blocks = blocksOf(path, this.text).map((block) => ({ block, script: scriptOf(block) }));
    const scripts = blocks.flatMap(({ block, script }) => (script ? [stepOf(block, script)] : []));
    this.#steps = [...curlSteps(path, this.text), ...scripts].sort((one, other) => one.at - other.at);
    const inside = blocks.filter(({ block, script }) => !script || isInside(block));
    this.#inside = Object.fromEntries(inside.map(({ block, script }) => [block.file, script?.code ?? block.code]));
  }

  /** Every line that runs. */
  get lines(): readonly Line[] {
    return this.#steps.flatMap(({ lines }) => lines);
  }

  /** Those under a heading of that text: the page's title stands above all of them. */
  linesUnder(heading: string): readonly Line[] {
    const start = this.text.search(new RegExp(`^##? ${heading}$`, "m"));
    if (start === -1) return [];
    const next = start === 0 ? -1 : this.text.indexOf("\n## ", start);
    const end = next === -1 ? Infinity : next;
    return this.#steps.filter(({ at }) => at > start && at < end).flatMap(({ lines }) => lines);
  }

  /** Serves the page's Worker: the one of its folder, or what its blocks make up. */
  serve(): Promise<WranglerDev> {
    mkdirSync(directory, { recursive: true });
    for (const [file, code] of Object.entries(this.#inside)) writeFileSync(join(directory, file), code);
    const own = dirname(this.path);
    if (existsSync(join(own, "wrangler.toml"))) return WranglerDev.serve(own);
    const folder = join(directory, nameOf(this.path));
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "worker.ts"), workerOf(Object.keys(this.#inside)));
    writeFileSync(join(folder, "wrangler.json"), JSON.stringify(configOf(this.path, this.text)));
    return WranglerDev.serve(folder);
  }

  /** What each line gives, by its place. */
  async answers(port: number): Promise<ReadonlyMap<string, string | undefined>> {
    const answers = new Map<string, string | undefined>();
    for (const { lines, run } of this.#steps) {
      const given = await run(port);
      lines.forEach(({ place }, nth) => answers.set(place, given[nth]));
    }
    return answers;
  }
}

function isInside({ code }: Block): boolean {
  return code.includes('from "cloudflare:workers"');
}

function stepOf(block: Block, { lines, code }: Script): Step {
  const inside = async (port: number) => {
    const response = await fetch(`http://127.0.0.1:${port}/run/${block.file}`);
    return (await response.json()) as string[];
  };
  const beside = async (port: number) => {
    const file = join(directory, block.file);
    writeFileSync(file, code.replaceAll(":8787", `:${port}`));
    const { run } = (await import(/* @vite-ignore */ file)) as { run: Run };
    return answersOf(run);
  };
  return { at: block.at, lines, run: isInside(block) ? inside : beside };
}

function workerOf(files: readonly string[]): string {
  const imports = files.map((file, nth) => `import * as part${nth} from "../${file}";\nexport * from "../${file}";\n`);
  const parts = files.map((file, nth) => `"${file}": part${nth}`);
  const serve = `import { served } from "../../run/served.ts";\nexport default served({ ${parts.join(", ")} });\n`;
  return imports.join("") + serve;
}
