import { misuse } from "../errors.ts";
import type { Series } from "./series.ts";

/** A cron pattern and the zone whose clock it is read by. */
export interface CronTime {
  readonly pattern: string;
  readonly timeZone: string;
}

/** Reads a pattern: its first time after a time. Throws a text that says what is wrong with it. */
export type CronEngine = (time: CronTime) => (after: number) => number;

let engine: CronEngine | undefined;

/** Has `cron` read by `read`: `loom-do/cron` calls it, so that classes without patterns carry no parser. */
export function useCron(read: CronEngine): void {
  engine = read;
}

/** The times of a pattern. */
export function cronSeries(time: CronTime, where: string): Series {
  if (!engine) throw misuse(`${where}: \`cron\` is read by an entry of its own. Write \`import "loom-do/cron"\`.`);
  const next = readWith(engine, time, where);
  return { spec: `cron ${time.pattern} ${time.timeZone}`, after: (_scheduled, at) => next(at) };
}

function readWith(read: CronEngine, time: CronTime, where: string): (after: number) => number {
  try {
    return read(time);
  } catch (error) {
    throw misuse(`${where}: ${(error as Error).message}`);
  }
}
