import { misuse } from "../errors.ts";
import { type Constructor, lineage, type Registry } from "../metadata.ts";

/** What a decorator recorded of a member that takes something no other may. */
export interface Declaration {
  readonly member: string | symbol;
  readonly isPrivate: boolean;
  /** The same for two declarations that would take the same. */
  readonly key: string;
  /** Where it was declared, for error messages. */
  readonly where: string;
}

/** A declaration that counts, and the class that it stands in. */
export interface Prevailing<Entry> {
  readonly entry: Entry;
  readonly at: Constructor;
}

/**
 * The declarations of `ctor` and its ancestors that count: the most derived of a member, and of what it takes.
 *
 * `clash` says what two of one class would do with the same key.
 */
export function prevailing<Entry extends Declaration>(
  registry: Registry<Entry>,
  ctor: Constructor,
  clash: (entry: Entry) => string,
): Prevailing<Entry>[] {
  let found: Prevailing<Entry>[] = [];
  for (const at of lineage(ctor)) {
    const own = registry.ownOf(at);
    checkDistinct(own, clash);
    found = found.filter(({ entry }) => !own.some((other) => isReplaced(entry, other)));
    for (const entry of own) found.push({ entry, at });
  }
  return found;
}

/** Refuses two declarations that would take the same, and names both. */
export function checkDistinct<Entry extends Declaration>(entries: readonly Entry[], clash: (entry: Entry) => string) {
  const seen = new Map<string, Entry>();
  for (const entry of entries) {
    const other = seen.get(entry.key);
    if (other) throw misuse(`${other.where} and ${entry.where} ${clash(entry)}. Remove one.`);
    seen.set(entry.key, entry);
  }
}

function isReplaced({ key, member }: Declaration, by: Declaration): boolean {
  return by.key === key || (!by.isPrivate && by.member === member);
}
