import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { convertV4MiniflareOptions, Miniflare, Response, type V4MiniflareOptions } from "miniflare";
import { groveOptions } from "../../grove/support/options.ts";
import { bundle } from "../../node/support/bundle.ts";

/** What a runtime serves. */
export interface GroveServed {
  /** A Worker that exports the objects' classes. */
  readonly fixture: URL;
  /** The class behind each binding of objects. */
  readonly objects: Readonly<Record<string, string>>;
  /** Told of each moment that the objects tell; they wait for it. */
  readonly gate: (moment: string) => Promise<void>;
}

/** Grove's objects with their stores on disk, and the services behind their bindings: killed and started again. */
export class GroveRuntime {
  readonly #directory = mkdtempSync(join(tmpdir(), "loom-grove-"));
  readonly #served: GroveServed;
  // Bundles the services: once is enough.
  readonly #grove = groveOptions({ d1Databases: [], r2Buckets: [], kvNamespaces: [] });
  #running: Miniflare | undefined;

  private constructor(served: GroveServed) {
    this.#served = served;
    process.once("exit", () => rmSync(this.#directory, { recursive: true, force: true }));
  }

  /** Bundles the fixture, starts the runtime and makes the tables. */
  static async serve(served: GroveServed): Promise<GroveRuntime> {
    const runtime = new GroveRuntime(served);
    await bundle(served.fixture.pathname, join(runtime.#directory, "objects.js"));
    await runtime.start();
    const database = await runtime.database();
    for (const { queries } of runtime.#grove.bindings.MIGRATIONS.DB)
      await database.batch(queries.map((query) => database.prepare(query)));
    return runtime;
  }

  /** Starts the runtime over what is on disk. */
  async start(): Promise<void> {
    const { workers, ...options } = this.#grove;
    const objects = Object.entries(this.#served.objects);
    const main = {
      ...{
        ...options,
        name: "grove",
        modules: true,
        script: readFileSync(join(this.#directory, "objects.js"), "utf8"),
      },
      compatibilityDate: "2026-10-01",
      durableObjects: Object.fromEntries(objects.map(([name, className]) => [name, { className, useSQLite: true }])),
      serviceBindings: { ...options.serviceBindings, GATE: this.#gate },
    };
    const shared = { cf: false, resourcePersistencePath: join(this.#directory, "stores") };
    const all = { ...shared, workers: [main, ...workers] } as unknown as V4MiniflareOptions; // as Vitest's plugin takes them
    this.#running = new Miniflare(convertV4MiniflareOptions(all));
    await this.#running.ready;
  }

  /** Ends the runtime's process, which gets no chance to save anything. */
  async kill(): Promise<void> {
    // A test file has a process of its own: these are its runtime, and nobody else's.
    const ids = execFileSync("pgrep", ["-P", String(process.pid), "workerd"], { encoding: "utf8" });
    for (const id of ids.trim().split("\n")) process.kill(Number(id), "SIGKILL");
    await this.#running?.dispose();
  }

  async end(): Promise<void> {
    await this.#running?.dispose();
    rmSync(this.#directory, { recursive: true, force: true });
  }

  fetch(path: string, body?: object) {
    const init = body === undefined ? {} : { method: "POST", body: JSON.stringify(body) };
    return this.#running!.dispatchFetch(`http://grove${path}`, init);
  }

  database() {
    return this.#running!.getD1Database("DB");
  }

  bucket(name: string) {
    return this.#running!.getR2Bucket(name);
  }

  namespace(name: string) {
    return this.#running!.getKVNamespace(name);
  }

  readonly #gate = async (request: { text(): Promise<string> }) => {
    await this.#served.gate(await request.text());
    return new Response();
  };
}
