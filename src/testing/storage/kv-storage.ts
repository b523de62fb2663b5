import { checkedKey, checkedValue, deserialize, serialize } from "./clone.ts";
import type { Disk } from "./disk.ts";

const table = "CREATE TABLE IF NOT EXISTS _cf_KV (key TEXT PRIMARY KEY, value BLOB) WITHOUT ROWID";

/** `ctx.storage.kv` over a disk. */
export class MockKv {
  readonly #disk: Disk;
  readonly #counts: () => boolean;

  constructor(disk: Disk, counts: () => boolean) {
    this.#disk = disk;
    this.#counts = counts;
  }

  get(key: string): unknown {
    this.#counts();
    const text = checkedKey(key);
    if (!this.#hasTable()) return undefined;
    const value = this.#disk.database.value("SELECT value FROM _cf_KV WHERE key = ?", text);
    return value === undefined ? undefined : deserialize(value as ArrayBuffer);
  }

  put(key: string, value: unknown): void {
    const text = checkedKey(key);
    const bytes = checkedValue(text, serialize(value));
    this.#write("INSERT OR REPLACE INTO _cf_KV VALUES (?, ?)", text, bytes);
  }

  delete(key: string): boolean {
    return this.#write("DELETE FROM _cf_KV WHERE key = ?", checkedKey(key)) > 0;
  }

  list(options: SyncKvListOptions = {}): IterableIterator<[string, unknown]> {
    this.#counts();
    const rows = this.#rows(options);
    const { prefix = "", limit = Infinity } = options;
    return rows
      .filter(([key]) => key.startsWith(prefix))
      .slice(0, limit)
      .map(([key, value]): [string, unknown] => [key, deserialize(value)])
      .values();
  }

  #rows({ start, startAfter, end, prefix, reverse, limit }: SyncKvListOptions): readonly [string, ArrayBuffer][] {
    if (start !== undefined && startAfter !== undefined) {
      throw new TypeError("list() cannot be called with both start and startAfter values.");
    }
    if (limit !== undefined && limit <= 0) throw new TypeError("List limit must be positive.");
    if (!this.#hasTable()) return [];
    const bounds = [
      ["key >= ?", start],
      ["key > ?", startAfter],
      ["key < ?", end],
      ["key >= ?", prefix],
    ].filter(([, value]) => value !== undefined) as [string, string][];
    const where = ["1", ...bounds.map(([condition]) => condition)].join(" AND ");
    const order = reverse ? "DESC" : "ASC";
    const sql = `SELECT key, value FROM _cf_KV WHERE ${where} ORDER BY key ${order}`;
    const values = bounds.map(([, value]) => value);
    return this.#disk.database.run(sql, values).rows as unknown as readonly [string, ArrayBuffer][]; // its two columns
  }

  #write(sql: string, ...values: (string | Uint8Array)[]): number {
    if (!this.#counts()) return 0;
    this.#disk.touch();
    this.#disk.database.exec(table);
    return this.#disk.database.run(sql, values).changes;
  }

  #hasTable(): boolean {
    return this.#disk.database.value("SELECT 1 FROM sqlite_schema WHERE name = '_cf_KV'") !== undefined;
  }
}
