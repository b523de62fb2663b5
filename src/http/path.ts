import { misuse } from "../errors.ts";

/** One segment of a route's path. */
export interface Segment {
  readonly kind: "static" | "param" | "wildcard";
  /** The decoded text of a static segment, the name of any other; an unnamed wildcard's is `""`. */
  readonly text: string;
}

/** The names of the parameters in a path, as types: `"/a/:id/*rest"` has `"id" | "rest"`. */
export type ParamNames<Path extends string> = Path extends `${infer Head}/${infer Tail}`
  ? NameOf<Head> | ParamNames<Tail>
  : NameOf<Path>;

/** What a path captures: one decoded string a parameter. */
export type PathParams<Path extends string> = string extends Path
  ? Readonly<Record<string, string>>
  : { readonly [Name in ParamNames<Path>]: string };

type NameOf<Part extends string> = Part extends `:${infer Name}`
  ? Name
  : Part extends `*${infer Name}`
    ? Exclude<Name, "">
    : never;

/** Reads a route's path; `where` names the declaration in the error for one that cannot work. */
export function parsePath(path: string, where: string): Segment[] {
  if (!path.startsWith("/")) throw misuse(`${where}: a path starts with a slash. Write \`"/${path}"\`.`);
  const parts = path.slice(1).split("/");
  const segments = parts.map((part) => parseSegment(part, where));
  const last = segments.findIndex(({ kind }) => kind === "wildcard");
  if (last !== -1 && last !== parts.length - 1) throw misuse(`${where}: \`${parts[last]}\` is not last. Put it last.`);
  const names = namesIn(segments);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw misuse(`${where}: the name \`${twice}\` is used twice. Give each parameter its own.`);
  return segments;
}

/** The names of what `segments` capture, in their order; an unnamed wildcard's is `""`. */
export function namesIn(segments: readonly Segment[]): string[] {
  return segments.flatMap(({ kind, text }) => (kind === "static" ? [] : text));
}

/** The same text for every path that matches the same requests: `/a/:id` and `/a/:name` have one shape. */
export function shapeOf(segments: readonly Segment[]): string {
  return segments.map(({ kind, text }) => (kind === "static" ? `/${encodeURIComponent(text)}` : `/${kind}:`)).join("");
}

/** True for a path with a percent escape that cannot be decoded. */
export function isMalformed(path: string): boolean {
  if (!path.includes("%")) return false;
  try {
    decodeURIComponent(path);
    return false;
  } catch {
    return true;
  }
}

/** The path of an absolute URL as it was sent: no query, no fragment, escapes kept. */
export function pathOf(url: string): string {
  const start = url.indexOf("/", url.indexOf("//") + 2);
  const query = url.indexOf("?", start);
  const path = query === -1 ? url.slice(start) : url.slice(start, query);
  // What arrives from elsewhere has no fragment; a Request that the object made itself may have one.
  const fragment = path.indexOf("#");
  return fragment === -1 ? path : path.slice(0, fragment);
}

/** The query of an absolute URL, without its question mark. */
export function queryOf(url: string): string {
  return /^[^?#]*\?([^#]*)/.exec(url)?.[1] ?? "";
}

function parseSegment(part: string, where: string): Segment {
  const [, sign, name] = /^([:*])(.*)$/s.exec(part) ?? [];
  if (name === undefined) {
    if (isMalformed(part)) throw misuse(`${where}: \`${part}\` cannot be decoded. Write \`%25\` for a percent sign.`);
    return { kind: "static", text: decodeURIComponent(part) };
  }
  if (part !== "*" && !/^[\w$-]+$/.test(name))
    throw misuse(`${where}: \`${part}\` has no plain name. Write \`${sign}id\`.`);
  return { kind: sign === "*" ? "wildcard" : "param", text: name };
}
