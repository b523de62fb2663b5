import { begin, type MockBindingOptions, timeOf } from "../bindings.ts";
import { bytesFrom, compareKeys, cursorAfter, keyOfCursor } from "../bytes.ts";
import { checkMany, type Entry, metadataOf, type ReadOptions, typeOf, valueOf, valueOfMany } from "./read.ts";
import { checkCacheTtl, checkedKey, checkLength, checkValue, expirationOf, limitOf, storedMetadata } from "./rules.ts";

/**
 * A KV namespace in memory, with the platform's limits. Values end by the time of the object or of the env that uses
 * it, so `advance` moves them on.
 *
 * @example
 * ```ts
 * const env = createMockDOEnv({ CACHE: createMockKV() });
 * await env.CACHE.put("greeting", "hello", { expirationTtl: 60 });
 * ```
 */
export function createMockKV(options: MockBindingOptions = {}): KVNamespace {
  return new MockKV(options) as unknown as KVNamespace; // its overloads are one signature here
}

type Read = Readonly<{ value: unknown; metadata: unknown }>;

class MockKV {
  readonly #options: MockBindingOptions;
  readonly #entries = new Map<string, Entry>();

  constructor(options: MockBindingOptions) {
    this.#options = options;
  }

  async get(keys: string | string[], options?: ReadOptions): Promise<unknown> {
    await this.#before("get", keys);
    if (!Array.isArray(keys)) return this.#read(keys, options).value;
    return this.#readMany(keys, options, ({ value }) => value);
  }

  async getWithMetadata(keys: string | string[], options?: ReadOptions): Promise<unknown> {
    await this.#before("getWithMetadata", keys);
    if (!Array.isArray(keys)) return { ...this.#read(keys, options), cacheStatus: null };
    return this.#readMany(keys, options, (found) => (found.value === null ? null : found));
  }

  async put(key: string, value: unknown, options: KVNamespacePutOptions = {}): Promise<void> {
    await this.#before("put", key);
    const name = checkedKey("PUT", key);
    const bytes = await bytesFrom(value);
    if (!bytes || value instanceof Blob) {
      const wanted = "strings, ArrayBuffers, ArrayBufferViews, and ReadableStreams";
      throw new TypeError(`KV put() accepts only ${wanted} as values.`);
    }
    const expiration = expirationOf(options, this.#seconds());
    const metadata = storedMetadata(options.metadata);
    checkValue(bytes);
    this.#entries.set(name, { bytes, metadata, expiration });
  }

  async delete(key: string): Promise<void> {
    await this.#before("delete", key);
    this.#entries.delete(checkedKey("DELETE", key));
  }

  async list({ limit, prefix, cursor }: KVNamespaceListOptions = {}): Promise<KVNamespaceListResult<unknown>> {
    await this.#before("list", prefix ?? "");
    checkLength("GET", prefix ?? "");
    const most = limitOf(limit);
    const after = cursor ? keyOfCursor(cursor) : "";
    const names = [...this.#entries.keys()].filter((name) => name.startsWith(prefix ?? "") && this.#find(name));
    const rest = names.filter((name) => compareKeys(name, after) > 0).toSorted(compareKeys);
    const keys = rest.slice(0, most).map((name) => listed(name, this.#entries.get(name)!));
    if (rest.length <= most) return { keys, list_complete: true, cacheStatus: null };
    return { keys, list_complete: false, cursor: cursorAfter(keys.at(-1)!.name), cacheStatus: null };
  }

  #read(key: string, options: ReadOptions): Read {
    const entry = this.#find(checkedKey("GET", key));
    if (typeof options === "object") checkCacheTtl(options.cacheTtl);
    return { value: entry ? valueOf(entry, typeOf(options)) : null, metadata: metadataOf(entry) };
  }

  #readMany(keys: string[], options: ReadOptions, pick: (found: Read) => unknown): Map<string, unknown> {
    const type = typeOf(options);
    checkMany(keys, type);
    const found = keys.map((key): [string, unknown] => {
      const entry = this.#find(checkedKey("GET_BULK", key));
      return [key, pick({ value: entry ? valueOfMany(entry, type) : null, metadata: metadataOf(entry) })];
    });
    return new Map(found);
  }

  #find(name: string): Entry | undefined {
    const entry = this.#entries.get(name);
    if (entry?.expiration === undefined || entry.expiration > this.#seconds()) return entry;
    this.#entries.delete(name);
    return undefined;
  }

  #seconds(): number {
    return Math.floor(timeOf(this) / 1000);
  }

  #before(operation: string, subject: string | string[]): Promise<void> {
    return begin(this.#options, operation, String(subject));
  }
}

function listed(name: string, entry: Entry): KVNamespaceListKey<unknown> {
  const { expiration, metadata } = entry;
  return { name, ...(expiration && { expiration }), ...(metadata && { metadata: metadataOf(entry) }) };
}
