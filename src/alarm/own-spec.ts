import type { RecurrenceOptions } from "./recurrence.ts";

/** How a row recurs that was scheduled to, in its column `spec`. */
export interface OwnSpec {
  readonly options: RecurrenceOptions;
  /** The next time, where the row stands for an earlier run that is tried again. */
  readonly resume?: number | undefined;
}

/** The text of `spec`: what says the same is the same text. */
export function textOfSpec({ options, resume }: OwnSpec): string {
  const { every, cron, timeZone, missed } = options;
  return JSON.stringify({ every, cron, timeZone, missed, resume });
}

/** What `textOfSpec` wrote; undefined for a row that runs once, and for one of a declared recurrence. */
export function ownSpecOf(text: string | null): OwnSpec | undefined {
  if (!text?.startsWith("{")) return undefined;
  const { resume, ...options } = JSON.parse(text) as RecurrenceOptions & { readonly resume?: number }; // of `textOfSpec`
  return { options, resume };
}
