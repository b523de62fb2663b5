import { LOOM_ERRORS } from "../catalogue.ts";
import { LoomError, misuse } from "../errors.ts";
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

// Fewer entries than a page has room for are as many as memory has, when they are large.
const maxPageBytes = 4 * 1024 * 1024;

/** An entry: its key, and its value as it is stored or handed out. */
export type Pair = [key: string, value: unknown];

/** What was read at once, and whether there may be more behind it. */
export interface Page {
  readonly pairs: Pair[];
  readonly hasMore: boolean;
}

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

  /** Throws if no row can have `key`. */
  checkKey(key: unknown): void {
    const fault = faultOfKey(key, this.prefix);
    if (fault === undefined) return;
    const message = `${this.where}: a key ${fault}`;
    if (typeof key !== "string") throw misuse(message);
    // Most keys are what a client sent, and so is what is wrong with them.
    throw new LoomError(LOOM_ERRORS.NOT_STORABLE, { message, status: 400 });
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
    return this.#stored(key) !== undefined;
  }

  read(key: string): Storable | undefined {
    const stored = this.#stored(key);
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

  /** A page, read before anything else runs: no cursor of the platform's is open by then. */
  page(range: EntryRange, start: PageStart): Page {
    const pairs: Pair[] = [];
    let bytes = 0;
    for (const [row, stored] of this.#kv.list(pageOf(this.prefix, range, start))) {
      pairs.push([row.slice(this.prefix.length), stored]);
      bytes += freezeStored(stored);
      if (bytes > maxPageBytes) return { pairs, hasMore: true };
    }
    return { pairs, hasMore: pairs.length === start.limit };
  }

  /** The keys of a page; values of up to 2 MB each are read on the way, and let go of. */
  keys(range: EntryRange, start: PageStart): string[] {
    const keys: string[] = [];
    for (const [row] of this.#kv.list(pageOf(this.prefix, range, start))) keys.push(row.slice(this.prefix.length));
    return keys;
  }

  count(): number {
    let count = 0;
    for (const _ of this.#kv.list({ prefix: this.prefix })) count += 1;
    return count;
  }

  #stored(key: string): unknown {
    return faultOfKey(key, this.prefix) === undefined ? this.#kv.get(this.prefix + key) : undefined;
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
