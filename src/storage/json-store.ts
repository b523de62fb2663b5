import { LOOM_ERRORS } from "../catalogue.ts";
import { LoomError, misuse } from "../errors.ts";
import type { LoomLogger } from "../logger.ts";
import { rangeOf } from "./key-range.ts";
import type { JsonListOptions } from "./key-range.ts";
import { toJsonText } from "./json-text.ts";
import { runUnless } from "./sql-helper.ts";
import type { SqlHelper, SqlRow } from "./sql-helper.ts";

/** Values by key. */
export type JsonValues = Readonly<Record<string, unknown>> | ReadonlyMap<string, unknown>;

/**
 * JSON values by key, in a table of their own that exists from the first write on.
 *
 * @example
 * ```ts
 * this.store.set("meta", { title: "Hello" });
 * const meta = this.store.get<Meta>("meta"); // undefined when missing
 * ```
 */
export class JsonStore {
  readonly #sql: SqlHelper;
  readonly #log: Pick<LoomLogger, "loomError">;
  readonly #table: string;
  readonly #isMissing: (error: unknown) => boolean;

  constructor(sql: SqlHelper, log: Pick<LoomLogger, "loomError">, table = "kv_store") {
    if (!/^[A-Za-z_]\w*$/.test(table) || /^(sqlite|_cf)_/i.test(table)) {
      throw misuse(`JsonStore: ${JSON.stringify(table)} cannot name a table. Write letters, digits and underscores.`);
    }
    this.#sql = sql;
    this.#log = log;
    // Quoted: a table may be called `order`.
    this.#table = `"${table}"`;
    this.#isMissing = (error) => error instanceof Error && error.message.startsWith(`no such table: ${table}:`);
  }

  /** The value under `key`, undefined when there is none; of several keys, a Map of those that have one. */
  get<Value = unknown>(key: string): Value | undefined;
  get<Value = unknown>(keys: readonly string[]): Map<string, Value>;
  get(key: string | readonly string[]): unknown {
    if (typeof key === "string") return this.#read(this.#select(key)).get(key);
    return this.#read(key.flatMap((each) => this.#select(each)));
  }

  /** Stores `value` under `key`, or each value of a record or Map under its key, all or none. */
  set(key: string, value: unknown): void;
  set(values: JsonValues): void;
  set(key: string | JsonValues, value?: unknown): void {
    const values = typeof key === "string" ? { [key]: value } : key;
    const entries = values instanceof Map ? [...values] : Object.entries(values);
    // Every value is checked before any is written.
    const rows = entries.map(([each, item]) => [each, toJsonText(each, item)] as const);
    const write = () => rows.forEach((row) => this.#write(...row));
    if (rows.length > 1) this.#sql.transaction(write);
    else write();
  }

  /** Deletes `key`: true if there was a value; of several keys, how many had one. */
  delete(key: string): boolean;
  delete(keys: readonly string[]): number;
  delete(key: string | readonly string[]): boolean | number {
    if (typeof key === "string") return this.#remove(key) === 1;
    return this.#sql.transaction(() => key.reduce((count, each) => count + this.#remove(each), 0));
  }

  /** True if there is a value under `key`, null included. */
  has(key: string): boolean {
    return this.#query(`SELECT 1 FROM ${this.#table} WHERE key = ?`, key).length > 0;
  }

  /** The values in the order of their keys, by UTF-8 bytes. */
  list<Value = unknown>(options: JsonListOptions = {}): Map<string, Value> {
    const { where, bindings, limit } = rangeOf(options);
    const order = options.reverse === true ? "DESC" : "ASC";
    const query = `SELECT key, value FROM ${this.#table} ${where} ORDER BY key ${order} LIMIT ?`;
    return this.#read(this.#query(query, ...bindings, limit)) as Map<string, Value>;
  }

  #select(key: string): SqlRow[] {
    return this.#query(`SELECT key, value FROM ${this.#table} WHERE key = ?`, key);
  }

  #remove(key: string): number {
    return this.#query(`DELETE FROM ${this.#table} WHERE key = ? RETURNING 1`, key).length;
  }

  #write(key: string, text: string): void {
    const query = `INSERT OR REPLACE INTO ${this.#table} (key, value, updated_at) VALUES (?, ?, ?)`;
    const row = [key, text, Date.now()] as const;
    if (this.#sql[runUnless](this.#isMissing, query, ...row) !== undefined) return;
    const columns = "key TEXT PRIMARY KEY, value TEXT NOT NULL, updated_at INTEGER NOT NULL";
    // With a rowid, the key's index would cost a second row a write.
    this.#sql.exec(`CREATE TABLE ${this.#table} (${columns}) WITHOUT ROWID`);
    this.#sql.exec(query, ...row);
  }

  #query(query: string, ...bindings: SqlStorageValue[]): SqlRow[] {
    return this.#sql[runUnless](this.#isMissing, query, ...bindings)?.rows ?? [];
  }

  #read(rows: readonly SqlRow[]): Map<string, unknown> {
    return new Map(rows.map(({ key, value }) => [String(key), this.#parse(String(key), value)]));
  }

  #parse(key: string, text: SqlStorageValue | undefined): unknown {
    try {
      return JSON.parse(text as string); // what is no text fails to parse
    } catch (cause) {
      this.#log.loomError(LOOM_ERRORS.STORED_JSON_UNREADABLE, { cause, table: this.#table.slice(1, -1), key });
      throw new LoomError(LOOM_ERRORS.STORED_JSON_UNREADABLE, {
        message: "A stored value is not JSON: the log names its key.",
        cause,
      });
    }
  }
}
