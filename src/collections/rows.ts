import { LOOM_ERRORS } from "../catalogue.ts";
import { LoomError } from "../errors.ts";
import { entriesPrefix } from "../persistence/entry-keys.ts";
import { type FieldEntry, prepare, unreadable } from "../persistence/field.ts";
import type { Storable } from "../persistence/storable.ts";
import { internals } from "../object/internals.ts";
import { toolsOf } from "../object/tools.ts";
import type { Home } from "./bind.ts";
import { faultOfKey } from "./key.ts";
import { freezeStored } from "./freeze-stored.ts";
import { type EntryRange, type PageStart, pageOf } from "./range.ts";

/** The collections by the letter that their rows are marked with. */
const kinds = { m: "a PersistedMap", s: "a PersistedSet", l: "a PersistedList" };

/** Which collection rows belong to. */
export type Kind = keyof typeof kinds;

/** The rows of one collection: `storage.kv` keeps them in the order of their keys, by UTF-8 bytes. */
export class Rows {
  readonly prefix: string;
  /** How errors call the collection. */
  readonly where: string;
  readonly #kind: Kind;
  readonly #entry: FieldEntry;
  readonly #kv: SyncKvStorage;

  /** Throws if something else is stored for the field. */
  constructor(home: Home, kind: Kind) {
    const { object, entry } = home;
    this.prefix = `${entriesPrefix(entry.key)}${kind}:`;
    this.where = home.where;
    this.#kind = kind;
    this.#entry = entry;
    this.#kv = toolsOf(object).ctx.storage.kv;
    const stored = object[internals].fields.has(entry) ? "a plain value" : this.#storedKind();
    if (stored) throw unreadable(entry, `was ${stored} when it was stored. Give what it is now a \`key\` of its own.`);
  }

  /** What keeps `key` from being one; undefined if a row can have it. */
  faultOf(key: unknown): string | undefined {
    return faultOfKey(key, this.prefix);
  }

  /** `value` as the entry of `key` is kept: through the schema, frozen and counted. */
  prepare(key: string, value: unknown): Storable {
    // A list's keys are its own affair.
    const where = this.#kind === "l" ? `${this.where} (an item)` : `${this.where}["${key}"]`;
    const made = prepare(this.#entry, value, where);
    if (made.value !== undefined) return made;
    throw new LoomError(LOOM_ERRORS.NOT_STORABLE, {
      message: `${where} is undefined. Delete the entry, or write null.`,
    });
  }

  has(key: string): boolean {
    return this.faultOf(key) === undefined && this.#kv.get(this.prefix + key) !== undefined;
  }

  read(key: string): Storable | undefined {
    if (this.faultOf(key)) return undefined;
    const stored = this.#kv.get(this.prefix + key);
    return stored === undefined ? undefined : this.revive(key, stored);
  }

  /** What was stored under `key`, made ready to be handed out. */
  revive(key: string, stored: unknown): Storable {
    if (!this.#entry.options.schema) return { value: stored, bytes: freezeStored(stored) };
    try {
      return this.prepare(key, stored);
    } catch (cause) {
      throw unreadable(this.#entry, `has an entry that does not fit: "${key}".`, cause);
    }
  }

  write(key: string, value: unknown): void {
    this.#kv.put(this.prefix + key, value);
  }

  remove(key: string): void {
    this.#kv.delete(this.prefix + key);
  }

  /** A page, read to its end: no cursor of the platform's is open when anything else runs. */
  page(range: EntryRange, start: PageStart): [key: string, stored: unknown][] {
    const page = [...this.#kv.list(pageOf(this.prefix, range, start))];
    for (const pair of page) pair[0] = pair[0].slice(this.prefix.length);
    return page;
  }

  count(): number {
    let count = 0;
    for (const _ of this.#kv.list({ prefix: this.prefix })) count += 1;
    return count;
  }

  /** What else the field's rows are of. */
  #storedKind(): string | undefined {
    const prefix = entriesPrefix(this.#entry.key);
    for (const [row] of this.#kv.list({ prefix, limit: 1 })) {
      const kind = row[prefix.length] as Kind; // no other letter is written
      if (kind !== this.#kind) return kinds[kind];
    }
    return undefined;
  }
}
