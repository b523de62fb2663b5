import type { BatchInfo } from "../index.ts";

/** What a batch is known by. */
export type BatchId = Pick<BatchInfo, "id">;

/** A message of `sendToQueue`: `batch` and `position` tell its consumer what it has seen before. */
export interface QueuedEvent<AnyEvent = unknown> {
  readonly batch: string;
  readonly position: number;
  readonly event: AnyEvent;
}

// A parameter of D1 holds 2 MB, in bytes: a character takes up to three.
const mostText = 600_000;

/**
 * Inserts `events` into a table of D1, all or none; a batch that is there already is left as it is.
 *
 * `CREATE TABLE events (batch TEXT, position INTEGER, event TEXT, PRIMARY KEY (batch, position)) WITHOUT ROWID`
 */
export async function sendToD1(
  db: D1Database,
  events: readonly unknown[],
  { id, table }: BatchId & { readonly table: string },
): Promise<void> {
  const into = `INSERT INTO "${table.replaceAll('"', '""')}" (batch, position, event)`;
  const rows = "SELECT ?1, ?2 + key, value FROM json_each(?3) WHERE TRUE ON CONFLICT DO NOTHING";
  const statement = db.prepare(`${into} ${rows}`);
  let position = 0;
  // Rows of text: `value` of an object in it would be JSON too, but that of a word would be without its quotes.
  const pages = pagesOf(events.map(jsonOf), { most: Infinity, size: mostText }).map((page) => {
    const bound = statement.bind(id, position, JSON.stringify(page));
    position += page.length;
    return bound;
  });
  await db.batch(pages);
}

/** Sends `events` to a queue, each as a `QueuedEvent`; a batch that is repeated is sent again as a whole. */
export async function sendToQueue<AnyEvent>(
  queue: Queue<QueuedEvent<AnyEvent>>,
  events: readonly AnyEvent[],
  { id }: BatchId,
): Promise<void> {
  const texts = events.map((event, position) => jsonOf({ batch: id, position, event }));
  // A call takes 100 messages and 256 kB (developers.cloudflare.com/queues/platform/limits).
  for (const page of pagesOf(texts, { most: 100, size: 80_000 })) {
    await queue.sendBatch(page.map((text) => ({ body: JSON.parse(text) as QueuedEvent<AnyEvent> })));
  }
}

/** Posts `events` as JSON with the batch's id as `idempotency-key`; throws unless the answer is a success. */
export async function sendToHttp(
  url: string,
  events: readonly unknown[],
  { id, signal, headers = {} }: BatchInfo & { readonly headers?: Readonly<Record<string, string>> },
): Promise<void> {
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers, "idempotency-key": id },
    body: jsonOf(events),
    signal,
  });
  await response.body?.cancel();
  if (!response.ok) throw new Error(`${new URL(url).host} answered ${response.status}.`);
}

/** `value` as JSON; what JSON lacks at the top, such as undefined, is null. */
function jsonOf(value: unknown): string {
  return (JSON.stringify(value) as string | undefined) ?? "null"; // the library's type leaves out what a function gives
}

interface PageLimits {
  readonly most: number;
  readonly size: number;
}

function pagesOf(texts: readonly string[], { most, size }: PageLimits): string[][] {
  const pages: string[][] = [];
  let room = 0;
  for (const text of texts) {
    const last = pages.at(-1);
    if (last && last.length < most && text.length <= room) last.push(text);
    else {
      pages.push([text]);
      room = size;
    }
    room -= text.length;
  }
  return pages;
}
