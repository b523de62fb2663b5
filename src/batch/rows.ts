import type { Batch, Chunk } from "./batch.ts";
import { Queue } from "./queue.ts";

/** A chunk's row. */
interface ChunkRow {
  readonly id: string;
  readonly since: number;
  readonly bytes: number;
  readonly isClosed: boolean;
  readonly items: unknown[];
}

/** The row of a batch that has failed before, or that another was put before. */
interface StateRow {
  readonly attempts: number;
  readonly notBefore: number | undefined;
}

/** The rows of one sink's queue: one a chunk, and one for each batch that a sink is known to have been given. */
export class Rows {
  readonly #kv: SyncKvStorage;
  readonly #prefix: string;

  constructor(kv: SyncKvStorage, name: string) {
    this.#kv = kv;
    this.#prefix = `loom:batch:${encodeURIComponent(name)}:`;
  }

  /** The queue as it is stored; only the chunk that more may join keeps its items. */
  load(max: number): Queue {
    const queue = new Queue(max);
    let last: Chunk | undefined;
    for (const [key, row] of this.#kv.list<ChunkRow | StateRow>({ prefix: this.#prefix })) {
      if ("items" in row) {
        if (last) last.items = undefined;
        last = this.#restore(queue, [key, row], last?.batch);
      } else Object.assign(last!.batch, row, { isGiven: true });
    }
    // Once closed, the head may have been given.
    if (queue.head?.isClosed) queue.head.isGiven = true;
    if (last?.batch.isClosed) last.items = undefined;
    return queue;
  }

  /** Writes `chunk`, and lets go of its items if no more can join. */
  write(chunk: Chunk): void {
    const { batch, bytes } = chunk;
    const { id, since, isClosed } = batch;
    const items = this.itemsOf(chunk);
    this.#kv.put<ChunkRow>(this.#key(chunk), { id, since, bytes, isClosed, items });
    chunk.stored = chunk.count;
    chunk.items = isClosed || batch.chunks.at(-1) !== chunk ? undefined : items;
  }

  /** Writes how often `batch` was tried, and when it may be again. */
  writeState({ place, attempts, notBefore }: Batch): void {
    this.#kv.put<StateRow>(this.#stateKey(place), { attempts, notBefore });
  }

  /** What `chunk` holds: its own list, or a copy from storage. */
  itemsOf(chunk: Chunk): unknown[] {
    return chunk.items ?? this.#stored(chunk);
  }

  /** A copy of everything in `batch`, as it is stored. */
  read({ chunks }: Batch): unknown[] {
    return chunks.flatMap((chunk) => this.#stored(chunk));
  }

  /** Deletes the row of `chunk`. */
  erase(chunk: Chunk): void {
    // A chunk that has no row yet costs nothing to delete.
    this.#kv.delete(this.#key(chunk));
  }

  /** Deletes the rows of `batch`. */
  eraseAll({ place, chunks }: Batch): void {
    for (const chunk of chunks) this.erase(chunk);
    this.#kv.delete(this.#stateKey(place));
  }

  #stored(chunk: Chunk): unknown[] {
    return this.#kv.get<ChunkRow>(this.#key(chunk))?.items ?? [];
  }

  #restore(queue: Queue, [key, row]: [string, ChunkRow], before: Batch | undefined): Chunk {
    const { id, since, bytes, isClosed, items } = row;
    const [place, number] = key.slice(this.#prefix.length).split(":").map(Number);
    const batch = before?.id === id ? before : queue.begin({ id, since, place: place! });
    batch.isClosed ||= isClosed;
    return queue.append(batch, { number: number!, count: items.length, bytes, items });
  }

  #key({ batch: { place }, number }: Chunk): string {
    return `${this.#prefix}${place}:${String(number).padStart(6, "0")}`;
  }

  // After the digits of every chunk.
  #stateKey(place: number): string {
    return `${this.#prefix}${place}:state`;
  }
}
