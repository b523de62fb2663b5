import type { MockStorage } from "./storage.ts";

/** What `storage.transaction` hands to its closure. */
export class MockTransaction {
  readonly #storage: MockStorage;
  readonly #undo: () => void;
  #isRolledBack = false;

  constructor(storage: MockStorage, undo: () => void) {
    this.#storage = storage;
    this.#undo = undo;
  }

  get(keys: string | string[]): Promise<unknown> {
    return this.#open("get").get(keys);
  }

  list(options?: DurableObjectListOptions): Promise<Map<string, unknown>> {
    return this.#open("list").list(options);
  }

  put(entries: string | Record<string, unknown>, value?: unknown): Promise<void> {
    return this.#open("put").put(entries, value);
  }

  delete(keys: string | string[]): Promise<boolean | number> {
    return this.#open("delete").delete(keys);
  }

  getAlarm(): Promise<number | null> {
    return this.#open("getAlarm").getAlarm();
  }

  setAlarm(time: number | Date): Promise<void> {
    return this.#open("setAlarm").setAlarm(time);
  }

  deleteAlarm(): Promise<void> {
    return this.#open("deleteAlarm").deleteAlarm();
  }

  /** Takes everything back that was written since the transaction began. */
  rollback(): void {
    if (this.#isRolledBack) return;
    this.#isRolledBack = true;
    this.#undo();
  }

  #open(method: string): MockStorage {
    if (this.#isRolledBack) throw new Error(`Cannot ${method}() on rolled back transaction`);
    return this.#storage;
  }
}
