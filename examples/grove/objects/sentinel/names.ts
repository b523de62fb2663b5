/** What every name of what a test makes starts with; the object's id keeps tests apart. */
export function prefixOf(id: string): string {
  return `sentinel_test_${id}_`;
}

/** The names that a test's operations have: the n-th of each batch has the n-th, so nothing piles up. */
export function namesOf(id: string, concurrency: number): string[] {
  return Array.from({ length: concurrency }, (_, slot) => `${prefixOf(id)}${slot}`);
}
