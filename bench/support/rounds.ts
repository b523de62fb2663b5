/** One measurement of each side, taken right after each other. */
export interface Pair {
  readonly loom: number;
  readonly other: number;
}

/** Measures both sides `count` times in turn; who goes first changes, so that neither profits from its place. */
export async function interleave(count: number, measure: Record<keyof Pair, () => Promise<number>>): Promise<Pair[]> {
  const pairs: Pair[] = [];
  for (let round = 0; round < count; round++) {
    if (round % 2 === 0) {
      const loom = await measure.loom();
      pairs.push({ loom, other: await measure.other() });
    } else {
      const other = await measure.other();
      pairs.push({ loom: await measure.loom(), other });
    }
  }
  return pairs;
}
