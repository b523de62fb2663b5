import { LOOM_ERRORS, LoomDO, LoomError, LoomResponse, OnStart, Rpc } from "../index.ts";
import { isOwnKey, listKeys, type ListRange, perCall } from "./user-keys.ts";

/**
 * An object that keeps values by key and answers requests by hand, with state loaded before any event.
 *
 * Everything here is for the class itself: none of it is callable over RPC, overrides included.
 *
 * @example
 * ```ts
 * export class Visits extends BaseDurableObject {
 *   #visits = 0;
 *
 *   protected override async onInitialize() { this.#visits = (await this.get<number>("visits")) ?? 0; }
 *
 *   override async fetch() {
 *     await this.put("visits", ++this.#visits);
 *     return this.json({ visits: this.#visits });
 *   }
 * }
 * ```
 */
export abstract class BaseDurableObject<TEnv = Cloudflare.Env> extends LoomDO<unknown, TEnv> {
  /** The platform's state of the object: id, storage, sockets. */
  protected readonly state: DurableObjectState = this.ctx;
  #initialized: Promise<void> | undefined;

  /** Resolves when `onInitialize` is done, which it is before any event: no handler has to call this. */
  @OnStart protected initialize(): Promise<void> {
    return (this.#initialized ??= this.#initialize());
  }

  /** Loads what the object needs; runs once a wake, before any event. Yours to override. */
  @Rpc(false) protected onInitialize(): void | Promise<void> {}

  /** The value under `key`, or a Map of those of `keys` that there are. */
  // any, as of `JSON.parse`: only the class knows what it keeps, and may leave it unsaid.
  protected get<Value = any>(key: string): Promise<Value | undefined>;
  protected get<Value = any>(keys: readonly string[]): Promise<Map<string, Value>>; // any, as above
  @Rpc(false)
  protected async get(keys: string | readonly string[]): Promise<unknown> {
    const { storage } = this.ctx;
    if (typeof keys === "string") return storage.get(keys);
    const pages = await Promise.all(perCall(keys).map((page) => storage.get(page)));
    return new Map(pages.flatMap((page) => [...page]));
  }

  /** Stores a value, or several: those of one call are stored together or not at all. */
  protected put(key: string, value: unknown): Promise<void>;
  protected put(values: Readonly<Record<string, unknown>>): Promise<void>;
  @Rpc(false)
  protected async put(first: string | Readonly<Record<string, unknown>>, value?: unknown): Promise<void> {
    const entries = typeof first === "string" ? [[first, value] as const] : Object.entries(first);
    for (const [key] of entries) checkKey(key);
    await Promise.all(perCall(entries).map((page) => this.ctx.storage.put(Object.fromEntries(page))));
  }

  /** Deletes a value; whether it was there. Of several: how many were. */
  protected delete(key: string): Promise<boolean>;
  protected delete(keys: readonly string[]): Promise<number>;
  @Rpc(false)
  protected async delete(keys: string | readonly string[]): Promise<boolean | number> {
    const { storage } = this.ctx;
    for (const key of [keys].flat()) checkKey(key);
    if (typeof keys === "string") return storage.delete(keys);
    const counts = await Promise.all(perCall(keys).map((page) => storage.delete(page)));
    return counts.reduce((sum, count) => sum + count, 0);
  }

  /** The values of a range by key, in the order of their keys; rows of Loom's own are left out. */
  @Rpc(false) protected list<Value = unknown>(range: ListRange = {}): Promise<Map<string, Value>> {
    return listKeys<Value>(this.ctx.storage, range);
  }

  /**
   * Runs `work` while no other event does.
   *
   * What it throws is the caller's; the platform's own would reset the object.
   */
  @Rpc(false) protected async blockConcurrencyWhile<Result>(work: () => Result | Promise<Result>): Promise<Result> {
    const outcome = await this.ctx.blockConcurrencyWhile(async () => {
      try {
        return { result: await work() };
      } catch (error) {
        return { error };
      }
    });
    if ("error" in outcome) throw outcome.error;
    return outcome.result;
  }

  /** `data` as JSON. */
  @Rpc(false) protected json(data: unknown, status = 200): Response {
    return LoomResponse.json(data, status);
  }

  /** `{ "success": true }` and the fields of `data`. */
  @Rpc(false) protected success(data?: object): Response {
    return LoomResponse.success(data);
  }

  /** `{ "error": message }`: the message is sent, so let it say nothing that callers must not know. */
  @Rpc(false) protected error(message: string, status = 400): Response {
    return LoomResponse.json({ error: message }, status);
  }

  async #initialize(): Promise<void> {
    try {
      await Promise.resolve(); // after the assignment of what a failure clears
      await this.onInitialize();
    } catch (error) {
      // The next event tries again.
      this.#initialized = undefined;
      throw error;
    }
  }
}

function checkKey(key: string): void {
  if (isOwnKey(key)) return;
  const message = `The key ${JSON.stringify(key)}: keys from \`loom:\` on are Loom's own. Choose another.`;
  throw new LoomError(LOOM_ERRORS.NOT_STORABLE, { message });
}
