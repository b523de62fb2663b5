import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { WranglerDev } from "../../../browser/support/wrangler-dev.ts";
import { type Block, blocksOf } from "../blocks.ts";
import { answersOf, type Run } from "./answers.ts";
import { curlSteps } from "./curl.ts";
import { directory, writeFolder } from "./folder.ts";
import type { Line, Step } from "./line.ts";
import { type Script, scriptOf } from "./script.ts";

/**
 * A page whose lines run, from its top to its end: curl lines in a shell, a script that imports `env` inside the page's
 * Worker, any other script beside it, as a client or a test of the reader's.
 */
export class Page {
  readonly path: string;
  readonly text: string;
  readonly #steps: readonly Step[];
  /** The blocks that are part of the Worker, by their files. */
  readonly #modules: Readonly<Record<string, string>>;

  constructor(path: string) {
    this.path = path;
    this.text = readFileSync(path, "utf8");
    const blocks = blocksOf(path, this.text).map((block) => ({ block, script: scriptOf(block) }));
    const scripts = blocks.flatMap(({ block, script }) => (script ? [stepOf(block, script)] : []));
    this.#steps = [...curlSteps(path, this.text), ...scripts].sort((one, other) => one.at - other.at);
    const inside = blocks.filter(({ block, script }) => !script || isInside(block));
    this.#modules = Object.fromEntries(inside.map(({ block, script }) => [block.file, script?.code ?? block.code]));
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
    const own = dirname(this.path);
    return WranglerDev.serve(existsSync(join(own, "wrangler.toml")) ? own : writeFolder(this, this.#modules));
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
    mkdirSync(directory, { recursive: true });
    writeFileSync(file, code.replaceAll(":8787", `:${port}`));
    const { run } = (await import(/* @vite-ignore */ file)) as { run: Run };
    return answersOf(run);
  };
  return { at: block.at, lines, run: isInside(block) ? inside : beside };
}
