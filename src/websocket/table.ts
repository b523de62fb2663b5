import { prevailing } from "../declare/prevailing.ts";
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
  const entries = prevailing(sockets, ctor, clash).map(({ entry, at }) =>
    entry.kind === "open" ? withMiddleware(entry, ctor, at) : entry,
  );
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

function withMiddleware(entry: OpenEntry, ctor: Constructor, at: Constructor): OpenEntry {
  return { ...entry, middleware: middlewareOf(entry.isPrivate ? [at] : lineage(ctor), entry.member) };
}

function clash({ kind }: SocketEntry): string {
  const noun = { open: "upgrades", message: "messages", close: "event", error: "event" }[kind];
  return `take the same ${noun}`;
}
