/** The key of an entry: in the order of writing. */
export function keyOf(at: number): string {
  return `post-${String(at).padStart(8, "0")}`;
}

/** What an entry holds. */
export function entryOf(at: number) {
  return { title: `Spring in the grove, part ${at}`, visits: at, isDraft: at % 2 === 0 };
}

/** What an entry holds. */
export type Entry = Readonly<ReturnType<typeof entryOf>>;
