import { misuse } from "../errors.ts";
import { type Bindable, bindTo, type Home } from "./bind.ts";
import { Entries } from "./entries.ts";
import type { Kind } from "./rows.ts";

// A symbol: what users see of a collection is what its class is for.
export const entriesOf: unique symbol = Symbol("loom.entriesOf");

declare const held: unique symbol;

/** What PersistedMap, PersistedSet and PersistedList have in common; a row of it holds an `Entry`. */
export abstract class PersistedCollection<Entry> implements Bindable {
  /** For types only. */
  declare readonly [held]: Entry;
  readonly #kind: Kind;
  #home: Home | undefined;
  #entries: Entries | undefined;

  constructor(kind: Kind) {
    this.#kind = kind;
  }

  [bindTo](home: Home): void {
    if (this.#home) {
      throw misuse(`${home.where}: its collection is another field's. Write \`new\` for each.`);
    }
    this.#home = home;
  }

  /** Its entries: made, and compared with what is stored for the field, by the first use of a wake. */
  get [entriesOf](): Entries {
    if (this.#entries) return this.#entries;
    if (!this.#home) {
      const name = this.constructor.name;
      throw misuse(`A ${name} is kept by a field only. Write \`@Persisted accessor name = new ${name}()\`.`);
    }
    return (this.#entries = new Entries(this.#home, this.#kind));
  }

  /** Refuses to be sent: an answer is plain data. */
  toJSON(): never {
    throw new TypeError(`A ${this.constructor.name} has no JSON form. Return \`[...entries]\`.`);
  }
}
