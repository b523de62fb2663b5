import { isMalformed, namesIn, type Segment } from "./path.ts";

/** What a router found for one method and path. */
export interface Match<Value> {
  readonly value: Value;
  /** The path's parameters, decoded. No prototype: a parameter may be called `__proto__`. */
  readonly params: Readonly<Record<string, string>>;
}

interface Leaf<Value> {
  readonly value: Value;
  /** The names of what the path captures, in its order; an unnamed wildcard's is `""`. */
  readonly names: readonly string[];
}

class Node<Value> {
  readonly children = new Map<string, Node<Value>>();
  readonly edges: { readonly text: string; readonly node: Node<Value> }[] = [];
  param: Node<Value> | undefined = undefined;
  leaf: Leaf<Value> | undefined = undefined;
  wildcard: Leaf<Value> | undefined = undefined;

  /** Puts `leaf` where `segments` lead. */
  insert(segments: readonly Segment[], leaf: Leaf<Value>): void {
    const [segment, ...rest] = segments;
    if (segment === undefined) this.leaf = leaf;
    else if (segment.kind === "wildcard") this.wildcard = leaf;
    else if (segment.kind === "param") (this.param ??= new Node()).insert(rest, leaf);
    else this.#child(segment.text).insert(rest, leaf);
  }

  #child(text: string): Node<Value> {
    const found = this.children.get(text);
    if (found !== undefined) return found;
    const node = new Node<Value>();
    this.children.set(text, node);
    this.edges.push({ text, node });
    return node;
  }
}

interface Table<Value> {
  /** Paths without parameters, whole: most requests end here. */
  readonly whole: Map<string, Match<Value>>;
  readonly root: Node<Value>;
}

/** The parameters of a path that has none. */
export const noParams: Match<never>["params"] = Object.freeze(Object.create(null));

// The path being walked and what it captured so far, by depth. A walk never waits, so all routers share them.
let subject = "";
let isEscaped = false;
const captured: string[] = [];

/** Finds the value for a method and a path: segment by segment, static beats parameter beats wildcard. */
export class Router<Value> {
  readonly #tables = new Map<string, Table<Value>>();

  /** Adds a path as `parsePath` read it; one of the same method and shape is replaced. */
  add(method: string, segments: readonly Segment[], value: Value): void {
    const names = namesIn(segments);
    let table = this.#tables.get(method);
    if (table === undefined) this.#tables.set(method, (table = { whole: new Map(), root: new Node() }));
    table.root.insert(segments, { value, names });
    // A decoded slash or percent sign has no spelling without an escape: those paths are left to the walk, which decodes.
    if (names.length === 0 && !segments.some(({ text }) => /[/%]/.test(text))) {
      table.whole.set(`/${segments.map(({ text }) => text).join("/")}`, { value, params: noParams });
    }
  }

  /** The match for `path`; one with a malformed escape is found nowhere. */
  find(method: string, path: string): Match<Value> | undefined {
    const table = this.#tables.get(method);
    if (table === undefined) return undefined;
    const whole = table.whole.get(path);
    if (whole !== undefined) return whole;
    subject = path;
    isEscaped = path.includes("%");
    if (isEscaped && isMalformed(path)) return undefined;
    const leaf = walk(table.root, 1, 0);
    return leaf === undefined ? undefined : { value: leaf.value, params: paramsOf(leaf.names) };
  }

  /** The methods under which `path` is found. */
  methodsOf(path: string): string[] {
    return [...this.#tables.keys()].filter((method) => this.find(method, path) !== undefined);
  }
}

/** Tries the segment at `start` (0: the path has ended); goes as deep as the routes do, never as deep as the path. */
function walk<Value>(node: Node<Value>, start: number, depth: number): Leaf<Value> | undefined {
  if (start === 0) return node.leaf ?? takeRest(node, start, depth);
  const slash = subject.indexOf("/", start);
  const end = slash === -1 ? subject.length : slash;
  const child = childAt(node, start, end);
  let leaf = child === undefined ? undefined : walk(child, slash + 1, depth);
  if (leaf === undefined && node.param !== undefined && end > start) {
    leaf = walk(node.param, slash + 1, depth + 1);
    if (leaf !== undefined) captured[depth] = textAt(start, end);
  }
  return leaf ?? takeRest(node, start, depth);
}

function childAt<Value>(node: Node<Value>, start: number, end: number): Node<Value> | undefined {
  const { edges } = node;
  if (isEscaped || edges.length > 8) return node.children.get(textAt(start, end));
  // Comparing in place is twice as fast as cutting the segment out and hashing it, as long as there are few.
  for (let at = 0; at < edges.length; at++) {
    const edge = edges[at]!;
    if (edge.text.length === end - start && subject.startsWith(edge.text, start)) return edge.node;
  }
  return undefined;
}

function textAt(start: number, end: number): string {
  const text = subject.slice(start, end);
  return isEscaped && text.includes("%") ? decodeURIComponent(text) : text;
}

function takeRest<Value>(node: Node<Value>, start: number, depth: number): Leaf<Value> | undefined {
  if (node.wildcard === undefined) return undefined;
  captured[depth] = start === 0 ? "" : textAt(start, subject.length);
  return node.wildcard;
}

function paramsOf(names: readonly string[]): Record<string, string> {
  const params: Record<string, string> = Object.create(null);
  for (let depth = 0; depth < names.length; depth++) {
    const name = names[depth]!;
    if (name !== "") params[name] = captured[depth]!;
  }
  return params;
}
