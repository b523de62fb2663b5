import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { convertV4MiniflareOptions, Miniflare } from "miniflare";
import { bundleWorker } from "./bundle.ts";
import { Load } from "./load.ts";
import type { Pair } from "./rounds.ts";

const grove = new URL("../../examples/grove/", import.meta.url).pathname;
const objects = new URL("../objects/", import.meta.url);
const classes = { TENANTS: "TenantDO", ANALYTICS: "AnalyticsDO", POSTS: "PostDO", SESSIONS: "SessionDO" };

/** The site with its objects, and the one by hand. */
export type Side = keyof Pair;

/** One workerd process, started by Miniflare for its D1: both sites, each with a port and a database of its own. */
export class GroveServer {
  readonly #runtime: Miniflare;

  private constructor(runtime: Miniflare) {
    this.#runtime = runtime;
  }

  /** Serves the sites, each with Grove's tables and seed, while `work` is under way. */
  static async run<Result>(work: (server: GroveServer) => Promise<Result>): Promise<Result> {
    // In memory where there is a place for it: what a disk does is no part of what is compared.
    const directory = mkdtempSync(join(existsSync("/dev/shm") ? "/dev/shm" : tmpdir(), "loom-bench-"));
    const remove = () => rmSync(directory, { recursive: true, force: true });
    process.once("exit", remove);
    const workers = [await workerOf("loom", "grove", directory), await workerOf("other", "grove-by-hand", directory)];
    const options = { cf: false, resourcePersistencePath: join(directory, "stores"), workers };
    const runtime = new Miniflare(convertV4MiniflareOptions(options));
    await runtime.ready;
    const server = new GroveServer(runtime);
    await server.#makeTables("loom", []);
    await server.#makeTables("other", [new URL("grove/by-hand.sql", objects).pathname]);
    const result = await work(server);
    await runtime.dispose();
    remove();
    return result;
  }

  /** A connection to a site. */
  async open(side: Side): Promise<Load> {
    return Load.open(Number((await this.#runtime.unsafeGetDirectURL(side)).port), 1);
  }

  /** The `count` that a site's database answers with. */
  async count(side: Side, query: string): Promise<number> {
    const database = await this.#runtime.getD1Database("DB", side);
    return Number(await database.prepare(query).first("count"));
  }

  async #makeTables(side: Side, own: readonly string[]): Promise<void> {
    const migrations = readdirSync(`${grove}migrations`).sort();
    const files = [...migrations.map((name) => `${grove}migrations/${name}`), `${grove}seed.sql`, ...own];
    const database = await this.#runtime.getD1Database("DB", side);
    // A semicolon that ends a line ends a statement in all of them.
    const statements = files.flatMap((file) => readFileSync(file, "utf8").trim().split(/;$/m).slice(0, -1));
    await database.batch(statements.map((statement) => database.prepare(statement)));
  }
}

async function workerOf(name: Side, entry: string, directory: string) {
  const file = join(directory, `${name}.js`);
  await bundleWorker(new URL(`${entry}.ts`, objects), file);
  // None is evicted: how often that happens depends on how fast a machine is.
  const bindings = Object.entries(classes).map(([binding, className]) => {
    return [binding, { className, useSQLite: true, unsafePreventEviction: true }];
  });
  return {
    ...{ name, modules: true, script: readFileSync(file, "utf8"), compatibilityDate: "2026-10-01" },
    durableObjects: name === "loom" ? Object.fromEntries(bindings) : {},
    d1Databases: { DB: name },
    unsafeDirectSockets: [{ host: "127.0.0.1", port: 0 }],
  };
}
