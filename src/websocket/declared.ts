import type { StandardSchema } from "../data/standard-schema.ts";
import type { Declaration } from "../declare/prevailing.ts";
import type { Method } from "../declare/wrap.ts";
import type { Endpoint, Upgrades } from "../http/endpoint.ts";
import type { Segment } from "../http/path.ts";
import type { Middleware } from "../http/route-types.ts";
import { type Constructor, Registry } from "../metadata.ts";
import type { AnyLoomDO } from "../types.ts";
import type { SocketOpenOptions } from "./options.ts";

/** A method under one of the @OnSocket… decorators. */
export interface SocketEntry extends Declaration {
  readonly kind: "open" | "message" | "close" | "error";
  /** Makes the table of a class: known to the decorators only, so that a class without any has no code for it. */
  readonly compile: (ctor: Constructor) => SocketTable;
  handlerOf(object: AnyLoomDO): Method;
}

/** A method under @OnSocketOpen, its path read. */
export interface OpenEntry extends SocketEntry {
  readonly kind: "open";
  readonly path: string;
  readonly segments: readonly Segment[];
  readonly options: SocketOpenOptions;
  /** What stands around it; known when the class is compiled. */
  readonly middleware: readonly Middleware[];
}

/** A method under @OnSocketMessage; without a type it takes what no other does. */
export interface MessageEntry extends SocketEntry {
  readonly kind: "message";
  readonly type: string | undefined;
  readonly schema: StandardSchema | undefined;
}

/** A method under @OnSocketClose or @OnSocketError. */
export interface EndEntry extends SocketEntry {
  readonly kind: "close" | "error";
}

/** Any entry, told apart by its kind. */
export type AnySocketEntry = OpenEntry | MessageEntry | EndEntry;

/** What a class does with sockets. */
export interface SocketTable {
  readonly opens: ReadonlyMap<string, OpenEntry>;
  /** What takes a message, by its type. */
  readonly messages: ReadonlyMap<string, MessageEntry>;
  /** What takes every other message. */
  readonly others: MessageEntry | undefined;
  readonly close: EndEntry | undefined;
  readonly error: EndEntry | undefined;
  /** Makes what answers upgrades, within the middleware of the class; undefined for one that takes none. */
  readonly upgradesFor: ((base: Endpoint) => Upgrades) | undefined;
}

/** What the @OnSocket… decorators recorded. */
export const sockets = new Registry<AnySocketEntry>("loom:sockets");

/** What `ctor` does with sockets; undefined for a class that declares nothing of the kind. */
export function socketsOf(ctor: Constructor): SocketTable | undefined {
  return sockets.of(ctor)[0]?.compile(ctor);
}
