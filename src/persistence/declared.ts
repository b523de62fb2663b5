import { misuse } from "../errors.ts";
import { type Constructor, lineage } from "../metadata.ts";
import { type FieldEntry, persisted } from "./field.ts";

/** The persisted fields of `ctor` by storage key: the most derived declaration of each. */
export function fieldsOf(ctor: Constructor): Map<string, FieldEntry> {
  lineage(ctor).forEach(checkOverrides);
  const fields = new Map<string, FieldEntry>();
  // `#x` of a parent and `#x` of its child are two fields; a public name is one, redeclared.
  const byMember = new Map(
    persisted.of(ctor).map((entry) => [String(entry.name).startsWith("#") ? entry : entry.name, entry]),
  );
  for (const entry of byMember.values()) {
    const other = fields.get(entry.key);
    if (other) throw sameKey(entry, other);
    fields.set(entry.key, entry);
  }
  return fields;
}

/** Refuses an undecorated accessor in a persisted one's place: what is assigned to it would be gone with the wake. */
function checkOverrides(ctor: Constructor): void {
  const own = persisted.ownOf(ctor);
  for (const { name } of persisted.of(ctor)) {
    const isOwn = own.some((entry) => entry.name === name);
    if (isOwn || !Object.getOwnPropertyDescriptor(ctor.prototype, name)?.set) continue;
    const member = String(name);
    throw misuse(
      `${ctor.name}: \`${member}\` overrides a @Persisted accessor and would not be saved. ` +
        `Write \`@Persisted override accessor ${member}\`, or give it another name.`,
    );
  }
}

function sameKey(entry: FieldEntry, other: FieldEntry): Error {
  const names = `@Persisted ${String(other.name)} and @Persisted ${String(entry.name)}`;
  return misuse(`${names} are both stored under "${entry.key}". Give one a \`key\` of its own.`);
}
