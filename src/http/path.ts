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
  if (typeof path !== "string" || !path.startsWith("/")) {
    throw misuse(`${where}: a path starts with a slash. Write \`"/${path}"\`.`);
  }
  const segments = path
    .slice(1)
    .split("/")
    .map((part) => parseSegment(part, where));
  const misplaced = segments.slice(0, -1).find(({ kind }) => kind === "wildcard");
  if (misplaced) throw misuse(`${where}: the wildcard \`*${misplaced.text}\` takes the rest of the path. Put it last.`);
  const names = segments.filter(({ kind }) => kind !== "static").map(({ text }) => text);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw misuse(`${where}: the name \`${twice}\` is used twice. Give each parameter its own.`);
  return segments;
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
  const [sent = ""] = url.split("#", 1);
  const start = sent.indexOf("?");
  return start === -1 ? "" : sent.slice(start + 1);
}

function parseSegment(part: string, where: string): Segment {
  if (part.startsWith("*")) return { kind: "wildcard", text: part === "*" ? "" : checkName(part, where) };
  if (part.startsWith(":")) return { kind: "param", text: checkName(part, where) };
  if (isMalformed(part))
    throw misuse(`${where}: \`${part}\` holds a broken percent escape. Write \`%25\` for a percent sign.`);
  return { kind: "static", text: decodeURIComponent(part) };
}

function checkName(part: string, where: string): string {
  const name = part.slice(1);
  if (/^[\w$-]+$/.test(name)) return name;
  const fault = name === "" ? "has no name" : "is not a plain name: patterns and modifiers are not supported";
  throw misuse(`${where}: the parameter \`${part}\` ${fault}. Write \`${part[0]}id\`.`);
}
