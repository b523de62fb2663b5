import { type FieldEntry, type StoredValue, versionOf } from "./field.ts";

/** What a group's row says of its values, under the one key that no field may have. */
interface Notes {
  /** Versions above 1, by key. */
  readonly versions: ReadonlyMap<string, number>;
  /** Keys whose value is too large for the group and has a row of its own. */
  readonly apart: ReadonlySet<string>;
  /** In the unnamed group's row: the other groups that have one, so that no wake needs to look for them. */
  readonly groups: ReadonlySet<string>;
}

type Stored = Record<string, unknown> & { ""?: Notes };

const noNotes: Notes = { versions: new Map(), apart: new Set(), groups: new Set() };

/** The values of one group of fields: one row; keys that no field of today's class has are kept as they are. */
export class GroupRow {
  readonly #kv: SyncKvStorage;
  readonly group: string;
  /** Undefined until there is something to store: most rows of most wakes. */
  #stored: Stored | undefined;

  constructor(kv: SyncKvStorage, group: string) {
    this.#kv = kv;
    this.group = group;
    this.#stored = kv.get<Stored>(this.#key);
  }

  get #key(): string {
    return this.group === "" ? "loom:fields" : `loom:fields:${this.group}`;
  }

  /** The other groups that have a row: asked of the unnamed group's. */
  get groups(): ReadonlySet<string> {
    return this.#notes.groups;
  }

  /** Notes that `group` has a row; returns whether that is new. */
  addGroup(group: string): boolean {
    if (this.groups.has(group)) return false;
    this.#write("", { ...this.#notes, groups: new Set(this.groups).add(group) });
    return true;
  }

  has(key: string): boolean {
    return this.#holdsKey(key) || this.#isApart(key);
  }

  /** What is stored under `key`, and the version of its shape; undefined when a `deleteAll` took its own row. */
  read(key: string): StoredValue | undefined {
    const value = this.#isApart(key) ? this.#kv.get(apartKey(key)) : this.#stored?.[key];
    return value === undefined && this.#isApart(key) ? undefined : { value, version: this.#versionOf(key) };
  }

  /** True when `value`, the very same, is what the row has in today's shape; a value apart is never asked for. */
  holds(entry: FieldEntry, value: unknown): boolean {
    const { key } = entry;
    const isSame = this.#holdsKey(key) && Object.is(this.#stored![key], value);
    return isSame && this.#versionOf(key) === versionOf(entry);
  }

  /** Takes a value in, or notes that it is apart; returns whether the row itself changed. */
  put(entry: FieldEntry, value: unknown, isApart: boolean): boolean {
    const { key } = entry;
    const isNoted = this.#note(key, versionOf(entry), isApart);
    if (!isApart) this.#write(key, value);
    else {
      delete this.#stored?.[key];
      this.#kv.put(apartKey(key), value);
    }
    return isNoted || !isApart;
  }

  /** Lets go of a key that has moved to another group; returns whether it was here. */
  leave(key: string): boolean {
    const was = this.has(key);
    delete this.#stored?.[key];
    if (was) this.#note(key, 1, false);
    return was;
  }

  /** Writes the row. */
  write(): void {
    this.#kv.put(this.#key, this.#stored);
  }

  #holdsKey(key: string): boolean {
    return this.#stored !== undefined && Object.hasOwn(this.#stored, key);
  }

  #write(key: string, value: unknown): void {
    (this.#stored ??= {})[key] = value;
  }

  get #notes(): Notes {
    return this.#stored?.[""] ?? noNotes;
  }

  #isApart(key: string): boolean {
    return this.#notes.apart.has(key);
  }

  #versionOf(key: string): number {
    return this.#notes.versions.get(key) ?? 1;
  }

  /** Notes what is not the rule; returns whether that is new. */
  #note(key: string, version: number, isApart: boolean): boolean {
    const notes = this.#notes;
    if (this.#versionOf(key) === version && this.#isApart(key) === isApart) return false;
    if (this.#isApart(key) && !isApart) this.#kv.delete(apartKey(key));
    const versions = new Map(notes.versions).set(key, version);
    const apart = new Set(notes.apart).add(key);
    if (version === 1) versions.delete(key);
    if (!isApart) apart.delete(key);
    this.#write("", { ...notes, versions, apart });
    return true;
  }
}

/** The key of a value that has its own row. */
function apartKey(key: string): string {
  return `loom:field:${key}`;
}
