/** Where the entries of the collection stored under `key` begin; quoted, so that none begins as another's. */
export function entriesPrefix(key: string): string {
  return `loom:entries:${JSON.stringify(key)}:`;
}
