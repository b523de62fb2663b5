import type { ViewLog } from "./view-log.ts";

const recently = 5 * 60_000;
const maxSessions = 10_000;

/** Who was counted in the last five minutes, the first first: in memory, and from the log again after an eviction. */
export class RecentSessions {
  readonly #log: ViewLog;
  #known: Map<string, number> | undefined;

  constructor(log: ViewLog) {
    this.#log = log;
  }

  /** The sessions and when they were counted. */
  get times(): ReadonlyMap<string, number> {
    const since = Date.now() - recently;
    const times = (this.#known ??= this.#read(since));
    for (const [session, time] of times) {
      if (time >= since) break;
      times.delete(session);
    }
    return times;
  }

  add(session: string, time: number): void {
    if (this.#known) put(this.#known, session, time);
  }

  #read(since: number): Map<string, number> {
    const times = new Map<string, number>();
    for (const { session, timestamp } of this.#log.sessionsSince(since, maxSessions)) put(times, session, timestamp);
    return times;
  }
}

function put(times: Map<string, number>, session: string, time: number): void {
  times.delete(session); // so that it becomes the last
  times.set(session, time);
  if (times.size > maxSessions) times.delete(times.keys().next().value!);
}
