import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { bundleWorker } from "./bundle.ts";
import { cpuTimeOf } from "./cpu-time.ts";
import { memoryOf, peakMemoryOf } from "./memory.ts";

const binary = (createRequire(import.meta.url)("workerd") as { default: string }).default;
const running = new Map<ChildProcess, string>();
process.once("exit", () => {
  for (const [child, directory] of running) {
    child.kill("SIGKILL");
    rmSync(directory, { recursive: true, force: true });
  }
});

/** One workerd process that serves several workers, each with an `Objects` class and a port of its own. */
export class Server {
  readonly #directory: string;
  #child: ChildProcess;
  #ports: ReadonlyMap<string, number>;

  private constructor(directory: string, child: ChildProcess, ports: ReadonlyMap<string, number>) {
    this.#directory = directory;
    this.#child = child;
    this.#ports = ports;
  }

  /** Bundles the workers, by name, and serves them until `end()`. */
  static async start(workers: Readonly<Record<string, URL>>): Promise<Server> {
    // In memory where there is a place for it: what a disk does is no part of what is compared.
    const directory = mkdtempSync(join(existsSync("/dev/shm") ? "/dev/shm" : tmpdir(), "loom-bench-"));
    const names = Object.keys(workers);
    for (const name of names) mkdirSync(join(directory, `${name}.storage`));
    await Promise.all(names.map((name) => bundleWorker(workers[name]!, join(directory, `${name}.js`))));
    writeFileSync(join(directory, "config.capnp"), configOf(names, directory));
    const child = serve(directory);
    return new Server(directory, child, await listening(child, names.length));
  }

  /** Ends the process and serves what it stored in a new one, where nothing is awake; ports are new too. */
  async restart(): Promise<void> {
    await this.#kill();
    this.#child = serve(this.#directory);
    this.#ports = await listening(this.#child, this.#ports.size);
  }

  /** The port that a worker listens on. */
  portOf(name: string): number {
    return this.#ports.get(name)!;
  }

  /** CPU time of the process so far, in microseconds. */
  get cpuTime(): number {
    return cpuTimeOf(this.#child.pid!);
  }

  /** Memory that the process has to itself, in bytes. */
  get memory(): number {
    return memoryOf(this.#child.pid!);
  }

  /** The most memory that the process has had, in bytes. */
  get peakMemory(): number {
    return peakMemoryOf(this.#child.pid!);
  }

  /** Ends the process and removes its files. */
  async end(): Promise<void> {
    await this.#kill();
    rmSync(this.#directory, { recursive: true, force: true });
  }

  async #kill(): Promise<void> {
    const gone = once(this.#child, "exit");
    this.#child.kill("SIGKILL");
    await gone;
    running.delete(this.#child);
  }
}

function serve(directory: string): ChildProcess {
  const args = ["serve", "--experimental", "--control-fd=3", join(directory, "config.capnp")];
  const child = spawn(binary, args, { stdio: ["ignore", "inherit", "inherit", "pipe"] });
  running.set(child, directory);
  return child;
}

async function listening(child: ChildProcess, count: number): Promise<Map<string, number>> {
  const ports = new Map<string, number>();
  for await (const line of createInterface(child.stdio[3] as Readable)) {
    const { event, socket, port } = JSON.parse(line) as { event: string; socket: string; port: number };
    if (event === "listen") ports.set(socket, port);
    if (ports.size === count) return ports;
  }
  throw new Error("workerd did not start");
}

function configOf(names: readonly string[], directory: string): string {
  const services = names.flatMap((name) => [
    `(name = "${name}", worker = .${name})`,
    `(name = "${name}-disk", disk = (path = "${join(directory, `${name}.storage`)}", writable = true))`,
  ]);
  const sockets = names.map((name) => `(name = "${name}", address = "127.0.0.1:0", http = (), service = "${name}")`);
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (services = [${services.join(", ")}], sockets = [${sockets.join(", ")}]);
${names.map(workerOf).join("\n")}`;
}

function workerOf(name: string): string {
  return `const ${name} :Workerd.Worker = (
  modules = [(name = "${name}.js", esModule = embed "${name}.js")],
  compatibilityDate = "2026-10-01",
  durableObjectNamespaces = [(className = "Objects", uniqueKey = "${name}", enableSql = true)],
  durableObjectStorage = (localDisk = "${name}-disk"),
  bindings = [(name = "OBJECTS", durableObjectNamespace = "Objects")],
);`;
}
