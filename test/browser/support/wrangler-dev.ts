import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runtimesOf } from "./runtimes.ts";

// Nothing here needs the network.
const quiet = {
  CI: "true",
  CLOUDFLARE_CF_FETCH_ENABLED: "false",
  FORCE_COLOR: "0",
  WRANGLER_HIDE_BANNER: "true",
  WRANGLER_LOG_PATH: ".wrangler/logs",
  WRANGLER_SEND_ERROR_REPORTS: "false",
  WRANGLER_SEND_METRICS: "false",
};

const wrangler = new URL("../../../node_modules/wrangler/bin/wrangler.js", import.meta.url).pathname;

/** `wrangler dev` in an example's folder, with storage of its own: it can be stopped and started again. */
export class WranglerDev {
  readonly #folder: string;
  readonly #state = mkdtempSync(join(tmpdir(), "loom-dev-"));
  readonly #kill = () => this.#child?.kill("SIGTERM");
  #child: ChildProcess | undefined;
  #log = "";
  /** Changes with a start. */
  port = 0;

  private constructor(folder: string) {
    this.#folder = folder;
    // A run that is cut short still ends its servers.
    process.once("exit", this.#kill);
  }

  /** Starts it, and waits until it answers. */
  static async serve(folder: string): Promise<WranglerDev> {
    const server = new WranglerDev(folder);
    try {
      await server.start();
      return server;
    } catch (error) {
      await server.end();
      throw error;
    }
  }

  async start(): Promise<void> {
    this.#log = "";
    const address = ["--ip", "127.0.0.1", "--port", String(this.port), "--inspector-port", "0"];
    const child = spawn(process.execPath, [wrangler, "dev", ...address, "--persist-to", this.#state], {
      cwd: this.#folder,
      env: { ...process.env, ...quiet },
    });
    this.#child = child;
    this.port = await new Promise((resolve, reject) => {
      const read = (text: Buffer) => {
        const found = /Ready on http:\/\/127\.0\.0\.1:(\d+)/.exec((this.#log += text))?.[1];
        if (found !== undefined) resolve(Number(found));
        // After an error it waits for the file to be mended.
        else if (this.#log.includes("[ERROR]")) reject(new Error(this.#log));
      };
      for (const stream of [child.stdout, child.stderr]) stream.on("data", read);
      child.on("exit", () => reject(new Error(`wrangler dev ended:\n${this.#log}`)));
    });
  }

  /** Stops it; what objects stored stays. */
  async stop(): Promise<void> {
    const child = this.#child;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, "exit");
    this.#kill();
    await gone;
  }

  /** Kills the runtime, which gets no chance to save anything, and stops the rest. */
  async kill(): Promise<void> {
    for (const id of runtimesOf(this.#child!.pid!)) process.kill(id, "SIGKILL");
    await this.stop();
  }

  async end(): Promise<void> {
    await this.stop();
    process.off("exit", this.#kill);
    rmSync(this.#state, { recursive: true, force: true });
  }
}
