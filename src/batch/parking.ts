import { textOf } from "../alarm/failures.ts";
import type { PlainData } from "../types.ts";
import type { Batch } from "./batch.ts";
import type { Queue } from "./queue.ts";
import type { Rows } from "./rows.ts";

/** A batch that every try has failed to deliver. */
export interface FailedBatch {
  readonly id: string;
  /** The name of its sink. */
  readonly sink: string;
  /** How many items it has. */
  readonly size: number;
  readonly attempts: number;
  /** What the last try failed with. */
  readonly error: string;
  readonly failedAt: Date;
  /** Its items, read when they are asked for; not enumerable, so that a list of batches can be sent. */
  readonly items: readonly PlainData[];
}

/** The row of a parked batch; its items have rows of their own. */
interface ParkedRow {
  readonly sink: string;
  readonly attempts: number;
  readonly error: string;
  readonly failedAt: number;
  readonly since: number;
  /** How many items each row has, and the bytes they take. */
  readonly chunks: readonly (readonly [count: number, bytes: number])[];
}

const prefix = "loom:batch-failed:";

/** The batches that no try could deliver, kept until someone decides about them. */
export class Parking {
  readonly #kv: SyncKvStorage;

  constructor(kv: SyncKvStorage) {
    this.#kv = kv;
  }

  /** The parked batches, the oldest failure first; of one sink, or of all. */
  list(sink: string | undefined): FailedBatch[] {
    const rows = [...this.#kv.list<ParkedRow>({ prefix })];
    const found = rows.filter(([, row]) => sink === undefined || row.sink === sink);
    found.sort(([, left], [, right]) => left.failedAt - right.failedAt);
    return found.map(([key, row]) => this.#describe(key.slice(prefix.length), row));
  }

  /** The sink of the parked batch `id`. */
  sinkOf(id: string): string | undefined {
    return this.#kv.get<ParkedRow>(prefix + id)?.sink;
  }

  /** Takes `batch`, whose rows are `rows`, with all its items. */
  park(batch: Batch, { rows, sink, cause }: { readonly rows: Rows; readonly sink: string; readonly cause: unknown }) {
    const { id, attempts, since } = batch;
    const chunks = batch.chunks.map(({ count, bytes }) => [count, bytes] as const);
    const error = textOf(cause);
    this.#kv.put<ParkedRow>(prefix + id, { sink, attempts, error, since, failedAt: Date.now(), chunks });
    batch.chunks.forEach((chunk, index) => this.#kv.put(itemsKey(id, index), rows.itemsOf(chunk)));
  }

  /** Puts the parked batch `id` at the front of `queue`: its items are older than all that wait. */
  release(id: string, queue: Queue): void {
    const { since, chunks } = this.#kv.get<ParkedRow>(prefix + id)!;
    const batch = queue.begin({ id, since, place: queue.frontPlace });
    chunks.forEach(([count, bytes], index) => {
      const items = this.#kv.get<unknown[]>(itemsKey(id, index))!;
      queue.touch(queue.append(batch, { count, bytes, items }));
    });
    batch.isClosed = batch.isGiven = true;
    this.erase(id);
  }

  /** Deletes the parked batch `id`; returns whether there was one. */
  erase(id: string): boolean {
    const row = this.#kv.get<ParkedRow>(prefix + id);
    row?.chunks.forEach((_, index) => this.#kv.delete(itemsKey(id, index)));
    return row !== undefined && this.#kv.delete(prefix + id);
  }

  #describe(id: string, { sink, attempts, error, failedAt, chunks }: ParkedRow): FailedBatch {
    let size = 0;
    for (const [count] of chunks) size += count;
    const items = () => chunks.flatMap((_, index) => this.#kv.get<unknown[]>(itemsKey(id, index)) ?? []);
    const described = { id, sink, size, attempts, error, failedAt: new Date(failedAt) };
    return Object.defineProperty(described, "items", { get: items }) as FailedBatch;
  }
}

function itemsKey(id: string, index: number): string {
  return `loom:batch-kept:${id}:${index}`;
}
