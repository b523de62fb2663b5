// No name has one: what comes after it is the user's key.
const separator = "\n";

/** The key of a row: its target's name, and the user's key of the one row among several. */
export function rowKey(name: string, id?: string): string {
  return id === undefined ? name : `${name}${separator}${id}`;
}

/** The name of the target that the row `key` runs. */
export function nameOf(key: string): string {
  const end = key.indexOf(separator);
  return end === -1 ? key : key.slice(0, end);
}

/** The user's key in the row key `key`. */
export function idOf(key: string): string | undefined {
  const end = key.indexOf(separator);
  return end === -1 ? undefined : key.slice(end + 1);
}

/** True for a name that no row key could hold. */
export function isUnfitName(name: string): boolean {
  return name.includes(separator);
}

/** True for Loom's own: a batch's delivery, say. */
export function isOwn(name: string): boolean {
  return name.startsWith("loom:");
}

/** What error messages call the alarm of a row or of a target. */
export function whereOf(key: string): string {
  const name = nameOf(key);
  return name === "" ? "The unnamed alarm" : `The alarm ${JSON.stringify(name)}`;
}
