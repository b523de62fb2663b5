/** How many messages a page has: 50, unless a number says otherwise. */
export function limitOf(text: string | null): number {
  const limit = Number(text ?? Number.NaN);
  return Number.isNaN(limit) ? 50 : Math.min(Math.max(Math.trunc(limit), 1), 100);
}
