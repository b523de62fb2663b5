import { type Batch, type Chunk, isFull, type Item, openChunk } from "./batch.ts";

// Keys are padded to ten digits: there is room on both sides.
const firstPlace = 5_000_000_000;

/** The items of one sink in the order they came, cut into batches of at most `max`: knows no storage. */
export class Queue {
  readonly #max: number;
  readonly #batches: Batch[] = [];
  #touched = new Set<Chunk>();
  #size = 0;

  constructor(max: number) {
    this.#max = max;
  }

  /** How many items wait. */
  get size(): number {
    return this.#size;
  }

  /** The batch that is delivered next, or is being delivered. */
  get head(): Batch | undefined {
    return this.#batches[0];
  }

  /** The batch with the id `id`, unless it is gone. */
  find(id: string): Batch | undefined {
    return this.#batches.find((batch) => batch.id === id);
  }

  /** Appends `item`; a batch that it fills is closed. */
  add(item: Item, now: number): void {
    const batch = this.#openBatch() ?? this.begin({ id: crypto.randomUUID(), since: now });
    const chunk = openChunk(batch, item.bytes) ?? this.append(batch, { count: 0, bytes: 0, items: [] });
    chunk.items!.push(item.value);
    chunk.count += 1;
    chunk.bytes += item.bytes;
    this.#size += 1;
    this.#touched.add(chunk);
    if (isFull(batch, this.#max)) batch.isClosed = true;
  }

  /** Starts a batch at the end of the line, or at its front. */
  begin({ id, since, place = this.#nextPlace }: Pick<Batch, "id" | "since"> & { readonly place?: number }): Batch {
    const batch: Batch = {
      id,
      since,
      place,
      chunks: [],
      isClosed: false,
      isGiven: false,
      attempts: 0,
      notBefore: undefined,
    };
    const isFirst = place < (this.head?.place ?? 0);
    if (isFirst) this.#batches.unshift(batch);
    else this.#batches.push(batch);
    return batch;
  }

  /** The place before every other. */
  get frontPlace(): number {
    return (this.head?.place ?? firstPlace) - 1;
  }

  /** Adds a chunk, new or as it is stored, to `batch`. */
  append(batch: Batch, given: Pick<Chunk, "count" | "bytes" | "items"> & { readonly number?: number }): Chunk {
    const { count, bytes, items, number = (batch.chunks.at(-1)?.number ?? -1) + 1 } = given;
    const chunk: Chunk = { number, batch, count, bytes, items, stored: count };
    batch.chunks.push(chunk);
    this.#size += count;
    return chunk;
  }

  /** Has `chunk` written with the next save. */
  touch(chunk: Chunk): void {
    this.#touched.add(chunk);
  }

  /** Fixes the members of `batch`, which a sink is given now. */
  close(batch: Batch): void {
    batch.isGiven = true;
    this.#fix(batch);
  }

  #fix(batch: Batch): void {
    if (batch.isClosed) return;
    batch.isClosed = true;
    this.#touched.add(batch.chunks.at(-1)!);
  }

  /** Fixes the members of the last batch: none waits for others any more. */
  flush(): void {
    const last = this.#batches.at(-1);
    if (last) this.#fix(last);
  }

  /** The chunk that the oldest item is in which no sink has been given. */
  get oldest(): Chunk | undefined {
    return this.#batches.find(({ isGiven }) => !isGiven)?.chunks[0];
  }

  /** Takes the first item out of `chunk`, which must have its items; returns whether that was its last. */
  drop(chunk: Chunk): boolean {
    const { batch } = chunk;
    chunk.items!.shift();
    chunk.count -= 1;
    this.#size -= 1;
    this.#touched.add(chunk);
    if (chunk.count > 0) return false;
    this.#touched.delete(chunk);
    batch.chunks.shift();
    if (batch.chunks.length === 0) this.#batches.splice(this.#batches.indexOf(batch), 1);
    return true;
  }

  /** Takes `batch` out of the line. */
  remove(batch: Batch): void {
    this.#batches.splice(this.#batches.indexOf(batch), 1);
    for (const { count } of batch.chunks) this.#size -= count;
  }

  /** Hands over what has to be written. */
  takeTouched(): ReadonlySet<Chunk> {
    const touched = this.#touched;
    this.#touched = new Set();
    return touched;
  }

  get #nextPlace(): number {
    const last = this.#batches.at(-1);
    return last ? last.place + 1 : firstPlace;
  }

  #openBatch(): Batch | undefined {
    const last = this.#batches.at(-1);
    if (!last || last.isClosed) return undefined;
    // One begun under a larger `max`.
    if (isFull(last, this.#max)) this.#fix(last);
    return last.isClosed ? undefined : last;
  }
}
