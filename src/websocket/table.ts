import { misuse } from "../errors.ts";
import { middlewareOf } from "../http/routes.ts";
import { type Constructor, lineage } from "../metadata.ts";
import {
  type AnySocketEntry,
  type EndEntry,
  type OpenEntry,
  type SocketEntry,
  sockets,
  type SocketTable,
} from "./declared.ts";
import { Opens } from "./upgrade.ts";

/** Compiles what the @OnSocket… decorators recorded for `ctor`. */
export function compileSockets(ctor: Constructor): SocketTable {
  const entries = mostDerived(ctor);
  const messages = entries.filter((entry) => entry.kind === "message");
  const opens = new Map(entries.filter((entry) => entry.kind === "open").map((entry) => [entry.path, entry]));
  return {
    opens,
    messages: new Map(messages.flatMap((entry) => (entry.type === undefined ? [] : [[entry.type, entry] as const]))),
    others: messages.find(({ type }) => type === undefined),
    close: endOf(entries, "close"),
    error: endOf(entries, "error"),
    upgradesFor: opens.size > 0 ? (base) => new Opens(opens, base) : undefined,
  };
}

function endOf(entries: readonly AnySocketEntry[], kind: EndEntry["kind"]): EndEntry | undefined {
  return entries.find((entry): entry is EndEntry => entry.kind === kind);
}

/** The declarations that count: the most derived of a member, and of what it takes. */
function mostDerived(ctor: Constructor): AnySocketEntry[] {
  let found: AnySocketEntry[] = [];
  for (const at of lineage(ctor)) {
    const own = sockets.ownOf(at);
    checkDistinct(own);
    const isReplaced = ({ key, member }: AnySocketEntry) =>
      own.some((entry) => entry.key === key || (!entry.isPrivate && entry.member === member));
    found = found.filter((entry) => !isReplaced(entry));
    for (const entry of own) found.push(entry.kind === "open" ? withMiddleware(entry, ctor, at) : entry);
  }
  return found;
}

function withMiddleware(entry: OpenEntry, ctor: Constructor, at: Constructor): OpenEntry {
  return { ...entry, middleware: middlewareOf(entry.isPrivate ? [at] : lineage(ctor), entry.member) };
}

function checkDistinct(entries: readonly SocketEntry[]): void {
  const seen = new Map<string, SocketEntry>();
  for (const entry of entries) {
    const other = seen.get(entry.key);
    if (other) throw misuse(`${other.where} and ${entry.where} take the same ${nounOf(entry)}. Remove one.`);
    seen.set(entry.key, entry);
  }
}

function nounOf({ kind }: SocketEntry): string {
  return { open: "upgrades", message: "messages", close: "event", error: "event" }[kind];
}
