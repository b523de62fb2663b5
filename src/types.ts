import type { LoomDO } from "./base.ts";
import type { PersistedCollection } from "./collections/collection.ts";

/** One error of a catalogue; only `code` and `userMessage` may reach a client. */
export interface GroveErrorDef {
  readonly code: string;
  /** Who can fix it. */
  readonly category: "user" | "admin" | "bug";
  readonly userMessage: string;
  readonly adminMessage: string;
}

/** A catalogue entry of Loom's own, with the HTTP status it is answered with. */
export interface LoomErrorDef extends GroveErrorDef {
  readonly status: number;
}

/** One thing a schema found wrong: the text and the path of keys that leads there. */
export interface Issue {
  readonly message: string;
  readonly path?: readonly (string | number)[];
}

export type { Duration } from "./data/length-of-time.ts";

/** Any instance of a class that extends LoomDO, whatever its state and env are. */
// `any`: a bare LoomDO would reject every class with an `interface Env` of its own.
export type AnyLoomDO = LoomDO<any, any>;

/** Narrows a decorator's context to members of the instance: a static one does not compile. */
export interface InstanceMember {
  readonly static: false;
}

/** `Value` as nobody can change it: what a persisted field hands out. A Date keeps its type; its setters throw. */
export type Frozen<Value> = Value extends (...args: never) => unknown
  ? Value
  : Value extends Date | ArrayBuffer | ArrayBufferView | PersistedCollection<unknown>
    ? Value
    : Value extends ReadonlyMap<infer Key, infer Item>
      ? ReadonlyMap<Frozen<Key>, Frozen<Item>>
      : Value extends ReadonlySet<infer Item>
        ? ReadonlySet<Frozen<Item>>
        : Value extends object
          ? { readonly [Key in keyof Value]: Frozen<Value[Key]> }
          : Value;

/** Plain data of any shape. Not `unknown`, nor a type that holds itself: the types of RPC take no result with one in it. */
export type PlainData = object | string | number | bigint | boolean | null | undefined;
