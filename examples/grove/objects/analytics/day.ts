/** The site and the UTC day that an object is for. */
export interface Day {
  readonly tenantId: string;
  /** YYYY-MM-DD */
  readonly date: string;
}

const minute = 60_000;
const hour = 60 * minute;
const length = 24 * hour;

/** How long a day's last events may be on their way. */
export const grace = 5 * minute;

/** What an object's name says; undefined for a name of another form. */
export function dayOf(name: string | undefined): Day | undefined {
  const [, tenantId, date] = /^analytics:(.+):(\d{4}-\d\d-\d\d)$/s.exec(name ?? "") ?? [];
  if (tenantId === undefined || date === undefined || Number.isNaN(startOf({ date }))) return undefined;
  return { tenantId, date };
}

/** The name of the object for the day after. */
export function nameOfNext({ tenantId, date }: Day): string {
  return `analytics:${tenantId}:${new Date(endOf({ date })).toISOString().slice(0, 10)}`;
}

/** When a day is over, in Unix milliseconds. */
export function endOf(day: Pick<Day, "date">): number {
  return startOf(day) + length;
}

/** The hour of the day that a moment counts for; undefined if it is of another day, by more than the grace. */
export function hourOf(day: Pick<Day, "date">, timestamp: number): number | undefined {
  const offset = timestamp - startOf(day);
  if (offset < -grace || offset > length + grace) return undefined;
  return Math.min(Math.max(Math.floor(offset / hour), 0), 23);
}

function startOf({ date }: Pick<Day, "date">): number {
  return Date.parse(`${date}T00:00:00Z`);
}
