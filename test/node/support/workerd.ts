import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { bundle } from "./bundle.ts";
import { configOf } from "./config.ts";
import { ServedObject } from "./served-object.ts";

/** What a served fixture is made of. */
export interface Served {
  /** The file that exports the objects' classes. */
  readonly fixture: URL;
  /** The classes among its exports that are objects. */
  readonly classes: readonly string[];
  /** Address (`127.0.0.1:port`) of the server that `env.SINK` reaches from inside an object. */
  readonly sink?: string;
  /** The compatibility date of the objects. @default the newest one tested */
  readonly compatibilityDate?: string;
  /** Further flags of all workers. */
  readonly compatibilityFlags?: readonly string[];
}

const binary = (createRequire(import.meta.url)("workerd") as { default: string }).default;
/** A `workerd serve` of its own, with its storage on disk: it can be killed and started again. */
export class Workerd {
  readonly #directory: string;
  #child: ChildProcess | undefined;
  #port = 0;
  #log = "";

  private constructor(directory: string) {
    this.#directory = directory;
  }

  /** Bundles the fixture, starts the server and waits until it listens. */
  static async serve(served: Served): Promise<Workerd> {
    const server = new Workerd(mkdtempSync(join(tmpdir(), "loom-served-")));
    try {
      await server.#prepare(served);
      await server.start();
      return server;
    } catch (error) {
      await server.end();
      throw error;
    }
  }

  /** An object of the fixture, by class and name; the handle outlives restarts. */
  object(className: string, name: string = crypto.randomUUID()): ServedObject {
    return new ServedObject(() => `http://127.0.0.1:${this.#port}`, className, name);
  }

  /** Everything the server printed since it was first started. */
  get log(): string {
    return this.#log;
  }

  /** Where it listens on 127.0.0.1, another one after each start. */
  get port(): number {
    return this.#port;
  }

  /** The id of the server's process, for limits set from outside. */
  get pid(): number {
    return this.#child!.pid!;
  }

  /** Starts the server over the storage that is there. */
  async start(): Promise<void> {
    // The module that evicts an object is for tests only: `--experimental` lets the caller worker import it.
    const args = ["serve", "--experimental", "--control-fd=3", join(this.#directory, "config.capnp")];
    // A write over a file-size limit raises SIGXFSZ, which ends a process that does not ignore it: the shell
    // ignores it, `exec` keeps that and the process id.
    const child = spawn("sh", ["-c", 'trap "" XFSZ; exec "$0" "$@"', binary, ...args], {
      stdio: ["ignore", "pipe", "pipe", "pipe"],
    });
    this.#child = child;
    endWithUs(child, this.#directory);
    for (const stream of [child.stdout!, child.stderr!])
      stream.setEncoding("utf8").on("data", (text) => (this.#log += text));
    this.#port = await this.#listening(child);
  }

  /** Ends the process, which gets no chance to save anything, and waits until it is gone. */
  async kill(signal: NodeJS.Signals = "SIGKILL"): Promise<void> {
    const child = this.#child;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, "exit");
    child.kill(signal);
    await gone;
  }

  /** A fresh process over the same storage: every object wakes again. */
  async restart(): Promise<void> {
    await this.kill();
    await this.start();
  }

  /** Ends the process and removes its files. */
  async end(): Promise<void> {
    await this.kill();
    rmSync(this.#directory, { recursive: true, force: true });
  }

  async #prepare(served: Served): Promise<void> {
    const directory = this.#directory;
    mkdirSync(join(directory, "storage"));
    writeFileSync(join(directory, "config.capnp"), configOf(served, directory));
    await bundle(served.fixture.pathname, join(directory, "objects.js"));
    await bundle(new URL("caller.ts", import.meta.url).pathname, join(directory, "caller.js"));
  }

  async #listening(child: ChildProcess): Promise<number> {
    const control = createInterface(child.stdio[3] as Readable);
    for await (const line of control) {
      const event = JSON.parse(line) as { event: string; socket: string; port: number };
      if (event.event === "listen") return event.port;
    }
    throw new Error(`workerd did not start:\n${this.#log}`);
  }
}

/** Has a run that is cut short, whatever ends it, leave neither a server nor its files: a pipe that closes tells. */
function endWithUs(server: ChildProcess, directory: string): void {
  const script = 'read -r line || { kill -9 "$1"; rm -rf "$2"; }';
  const watcher = spawn("sh", ["-c", script, "sh", String(server.pid), directory], {
    stdio: ["pipe", "ignore", "ignore"],
    detached: true,
  });
  watcher.unref();
  server.once("exit", () => watcher.stdin!.end("gone\n"));
}
