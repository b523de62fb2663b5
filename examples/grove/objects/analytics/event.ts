import { z } from "zod";

/** What is counted by the hour. */
export type Counter = "page_views" | "posts_created" | "comments_created" | "reactions_given";

/** What an event counts for. */
export interface Counted {
  readonly counter: Counter;
  readonly timestamp: number;
  readonly path: string | undefined;
  readonly visitor: string | undefined;
}

const counters = new Map<string, Counter>([
  ["page_view", "page_views"],
  ["post_created", "posts_created"],
  ["comment_created", "comments_created"],
  ["reaction", "reactions_given"],
  ["reaction_given", "reactions_given"],
]);

// A path or a visitor that will not do is left out, and the event still counts.
const Path = z.string().startsWith("/").optional().catch(undefined);
const Visitor = z.string().min(1).max(128).optional().catch(undefined);
const Where = z.object({ path: Path, visitorHash: Visitor });

const Event = Where.extend({
  type: z.string(),
  timestamp: z.number(),
  data: Where.optional().catch(undefined),
});

/** What a value counts for as an event; undefined for what is none, or of a type that is not counted. */
export function countedOf(value: unknown): Counted | undefined {
  const { data: event } = Event.safeParse(value);
  const counter = event && counters.get(event.type);
  if (!counter) return undefined;
  const path = event.path ?? event.data?.path;
  const visitor = event.visitorHash ?? event.data?.visitorHash;
  return { counter, timestamp: event.timestamp, path: path && shorten(path), visitor };
}

function shorten(path: string): string {
  return path
    .replace(/[?#].*$/s, "")
    .slice(0, 512)
    .toWellFormed();
}
