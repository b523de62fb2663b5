import "reflect-metadata/lite";

// Engines have no `Symbol.metadata` yet, and TypeScript leaves `context.metadata` undefined without it.
// `Symbol.for` is the key esbuild and Babel fall back to, so classes lowered by either still agree.
const metadataKey: unique symbol = ((Symbol as { metadata?: symbol }).metadata ??=
  Symbol.for("Symbol.metadata")) as never;

/** Marks LoomDO's metadata and its prototype, so that a decorator can tell whose class it is on. */
export const brand: unique symbol = Symbol("loom");

/** What a decorator's context must offer to be recorded. */
export interface Recordable {
  readonly metadata: object;
}

/** A class, whatever it takes. */
export type Constructor = abstract new (...args: never) => object;

/** What one kind of decorator recorded, by class, under a public `reflect-metadata` key. */
export class Registry<Entry> {
  /** The key other tools read: `Reflect.getOwnMetadata(key, Class[Symbol.metadata])`. */
  readonly key: string;

  constructor(key: `loom:${string}`) {
    this.key = key;
  }

  /** Records `entry` for the class being defined; never touches its parent's list. */
  add(context: Recordable, entry: Entry): void {
    Reflect.defineMetadata(this.key, [...this.#own(context.metadata), entry], context.metadata);
  }

  /** Every entry of `ctor` and its ancestors, ancestors first. */
  of(ctor: Constructor): Entry[] {
    return lineage(ctor).flatMap((at) => this.ownOf(at));
  }

  /** The entries declared on `ctor` itself. */
  ownOf(ctor: Constructor): readonly Entry[] {
    // An undecorated subclass inherits the parent's very metadata object: only an own one is its own.
    return Object.hasOwn(ctor, metadataKey) ? this.#own(metadataOf(ctor)) : [];
  }

  #own(metadata: object): readonly Entry[] {
    return (Reflect.getOwnMetadata(this.key, metadata) as Entry[] | undefined) ?? [];
  }
}

/** `ctor` and the classes it extends, the eldest first: right under every compiler, SWC included. */
export function lineage(ctor: Constructor): Constructor[] {
  const found: Constructor[] = [];
  for (let at: unknown = ctor; typeof at === "function" && at !== Function.prototype; at = Object.getPrototypeOf(at)) {
    found.unshift(at as Constructor);
  }
  return found;
}

/** Brands `ctor`'s metadata, which the metadata of every class extending it inherits from. */
export function brandClass(ctor: Constructor): void {
  Object.defineProperty(ctor, metadataKey, { value: { [brand]: true }, configurable: true });
  Object.defineProperty(ctor.prototype, brand, { value: true });
}

function metadataOf(ctor: Constructor): object {
  return (ctor as unknown as Record<symbol, object>)[metadataKey]!;
}
