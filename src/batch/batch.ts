/** An item ready to be kept: a copy of its own, and the bytes it takes. */
export interface Item {
  readonly value: unknown;
  readonly bytes: number;
}

/** One row of a batch. */
export interface Chunk {
  readonly number: number;
  readonly batch: Batch;
  count: number;
  bytes: number;
  /** How many it held when its row was last written; 0 for one that has no row yet. */
  stored: number;
  /** What it holds, while more may join; else storage alone has it. */
  items: unknown[] | undefined;
}

/** Items that are, or will be, delivered together. */
export interface Batch {
  /** Where it stands in the line. */
  readonly place: number;
  readonly id: string;
  /** When its first item was added. */
  readonly since: number;
  readonly chunks: Chunk[];
  /** Its members are fixed. */
  isClosed: boolean;
  /** A sink may have been given it. */
  isGiven: boolean;
  attempts: number;
  /** When it may be tried again. */
  notBefore: number | undefined;
}

// A chunk is rewritten by each turn that adds to it: these bound what that costs, and how many rows a batch has.
const maxChunkItems = 50;
const maxChunkBytes = 64 * 1024;

// A batch is read whole into the 128 MB that an object shares with others, and sent on in messages of up to 32 MiB.
const maxBatchBytes = 16 * 1024 * 1024;

/** The chunk that takes `bytes` more, if there is one. */
export function openChunk({ chunks }: Batch, bytes: number): Chunk | undefined {
  const last = chunks.at(-1);
  if (!last?.items || last.stored >= maxChunkItems) return undefined;
  return last.bytes + bytes <= maxChunkBytes ? last : undefined;
}

/** True for a batch that takes no more. */
export function isFull({ chunks }: Batch, max: number): boolean {
  let [count, bytes] = [0, 0];
  for (const chunk of chunks) {
    count += chunk.count;
    bytes += chunk.bytes;
  }
  return count >= max || bytes >= maxBatchBytes;
}
