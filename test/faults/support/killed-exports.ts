import { fillSite } from "./export-site.ts";
import { GroveRuntime } from "./grove-runtime.ts";

/** Where the process is killed: at the first such moment while D1 says so. */
export interface Kill {
  readonly during: string;
  readonly moment: string;
}

/** An export as D1 has it. */
export interface ExportRow {
  readonly status: string;
  readonly progress: number;
  readonly r2_key: string;
  readonly file_size_bytes: number;
  readonly item_counts: string;
  readonly error_message: string | null;
}

/** Exports on a runtime that is killed under them. */
export class KilledExports {
  #runtime!: GroveRuntime; // set by `serve`, which alone makes one
  #exportId = "";
  #kills: Kill[] = [];
  #killed = Promise.withResolvers<void>();

  static async serve(): Promise<KilledExports> {
    const exports = new KilledExports();
    const fixture = new URL("../fixtures/grove-export.ts", import.meta.url);
    const gate = (moment: string) => exports.#pass(moment);
    exports.#runtime = await GroveRuntime.serve({ fixture, objects: { EXPORTS: "KilledExport" }, gate });
    return exports;
  }

  /** Starts an export of a new site by mail, to be killed at each of `kills` in turn; returns the owner's address. */
  async start(kills: readonly Kill[]): Promise<string> {
    const [exportId, tenantId] = [crypto.randomUUID(), crypto.randomUUID()];
    await fillSite(this.#runtime, tenantId);
    const insert = "INSERT INTO storage_exports (id, tenant_id, status) VALUES (?, ?, 'pending')";
    await (await this.#runtime.database()).prepare(insert).bind(exportId, tenantId).run();
    [this.#exportId, this.#kills] = [exportId, [...kills]];
    const userEmail = `${tenantId}@example.com`;
    const asked = { exportId, tenantId, userEmail, username: "willow", includeImages: true, deliveryMethod: "email" };
    const response = await this.#runtime.fetch(`/start?name=${exportId}`, asked);
    if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
    return userEmail;
  }

  /** Waits for each kill, and starts the runtime again over what is on disk; no object is called. */
  async restartAfterEachKill(): Promise<void> {
    while (this.#kills.length > 0) {
      await this.#killed.promise;
      this.#killed = Promise.withResolvers();
      this.#kills.shift();
      await this.#runtime.start();
    }
  }

  async row(): Promise<ExportRow> {
    const statement = (await this.#runtime.database()).prepare("SELECT * FROM storage_exports WHERE id = ?");
    return (await statement.bind(this.#exportId).first<ExportRow>())!; // `start` has put it there
  }

  async zip(): Promise<Uint8Array> {
    const found = await (await this.#runtime.bucket("EXPORTS_BUCKET")).get((await this.row()).r2_key);
    return new Uint8Array(await found!.arrayBuffer());
  }

  /** How many mails went to `address`. */
  async mailsTo(address: string): Promise<number> {
    const { keys } = await (await this.#runtime.namespace("SENT")).list({ prefix: `${address}:` });
    return keys.length;
  }

  async end(): Promise<void> {
    await this.#runtime.end();
  }

  async #pass(moment: string): Promise<void> {
    const [kill] = this.#kills;
    if (kill?.moment !== moment) return;
    const { status, progress } = await this.row();
    if (`${status} ${progress}` !== kill.during) return;
    await this.#runtime.kill();
    this.#killed.resolve();
  }
}
