import { compareKeys, cursorAfter, keyOfCursor } from "../bytes.ts";
import { refuse } from "./errors.ts";
import { MockR2Object, type Stored } from "./object.ts";

const most = 1000;
// With metadata in it a page is shorter.
const mostWithMetadata = 100;

/** One line of a list: an object, or all keys that go on alike up to the delimiter. */
interface Line {
  readonly prefix?: string;
  readonly stored: Stored;
}

/** A page of `all`. */
export function listPage(all: Iterable<Stored>, options: R2ListOptions): R2Objects {
  const { limit = most, include = [], cursor, startAfter = "" } = options;
  if (limit < 1 || limit > most) refuse("list", 10022);
  const last = cursor ? keyOfCursor(cursor) : "";
  const after = compareKeys(last, startAfter) > 0 ? last : startAfter;
  const lines = linesOf(
    [...all].filter(({ key }) => isAsked(key, after, options)),
    options,
  );
  const page = lines.slice(0, include.length > 0 ? Math.min(limit, mostWithMetadata) : limit);
  const objects = page.filter(({ prefix }) => prefix === undefined).map(({ stored }) => listed(stored, include));
  const delimitedPrefixes = page.flatMap(({ prefix }) => prefix ?? []);
  if (page.length === lines.length) return { objects, delimitedPrefixes, truncated: false };
  return { objects, delimitedPrefixes, truncated: true, cursor: cursorAfter(page.at(-1)!.stored.key) };
}

function isAsked(key: string, after: string, { prefix = "" }: R2ListOptions): boolean {
  return key.startsWith(prefix) && (after === "" || compareKeys(key, after) > 0);
}

/** A group is known by the last of its keys, so that the next page goes on after all of them. */
function linesOf(found: Stored[], { prefix = "", delimiter }: R2ListOptions): Line[] {
  const lines = new Map<string, Line>();
  for (const stored of found.toSorted((left, right) => compareKeys(left.key, right.key))) {
    const at = delimiter ? stored.key.indexOf(delimiter, prefix.length) : -1;
    const group = at < 0 ? undefined : stored.key.slice(0, at + delimiter!.length);
    const name = group === undefined ? `key:${stored.key}` : `prefix:${group}`;
    lines.set(name, { stored, ...(group !== undefined && { prefix: group }) });
  }
  return [...lines.values()];
}

function listed(stored: Stored, include: NonNullable<R2ListOptions["include"]>): R2Object {
  const httpMetadata = include.includes("httpMetadata") ? stored.httpMetadata : {};
  const customMetadata = include.includes("customMetadata") ? stored.customMetadata : {};
  return new MockR2Object({ ...stored, httpMetadata, customMetadata });
}
