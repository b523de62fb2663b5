import type { Entry } from "../time/entry.ts";
import { outside } from "./context.ts";
import { report } from "./report.ts";
import type { Home } from "./home.ts";

const firstRetry = 2_000;
const maxRetries = 6;

/** Wakes an object at its alarm, and again when that failed. */
export class Alarms {
  readonly #home: Home;
  #entry: Entry | undefined;
  /** The time that the entry was made for. */
  #armed: number | null = null;
  #retries = 0;
  #isRunning = false;

  constructor(home: Home) {
    this.#home = home;
  }

  /** What is on disk has changed. */
  look(): void {
    if (this.#isRunning) return;
    const time = this.#home.alarm.get();
    if (time === this.#armed) return;
    this.#retries = 0;
    this.#arm(time, time ?? 0);
  }

  /** The storage is another object's. */
  stop(): void {
    this.#arm(null, 0);
  }

  #arm(time: number | null, due: number): void {
    const { clock } = this.#home;
    if (this.#entry) clock.cancel(this.#entry);
    this.#armed = time;
    this.#entry = time === null ? undefined : clock.at(due, () => outside(() => void this.#fire(time)));
  }

  async #fire(scheduledTime: number): Promise<void> {
    const { alarm, clock } = this.#home;
    const info = { scheduledTime, retryCount: this.#retries, isRetry: this.#retries > 0 };
    this.#isRunning = true;
    this.#armed = null;
    let failure: { readonly error: unknown } | undefined;
    await clock.during(
      this.#home
        .deliver(async (object) => {
          alarm.spend();
          await (object as { alarm(info: unknown): unknown }).alarm(info);
          alarm.finish();
        }, "alarm()")
        .catch((error: unknown) => (failure = { error })),
    );
    this.#isRunning = false;
    alarm.restore();
    if (failure) this.#failed(scheduledTime, failure.error);
    this.look();
  }

  /** The platform tries again after 2 s, 4 s, …; what was lost with the process does not count. */
  #failed(scheduledTime: number, error: unknown): void {
    const { alarm, clock } = this.#home;
    if (alarm.get() !== scheduledTime) return;
    const isLost = (error as { retryable?: unknown }).retryable === true;
    if (isLost) return this.#arm(scheduledTime, clock.now());
    report("alarm()", error);
    this.#retries += 1;
    if (this.#retries <= maxRetries) {
      this.#arm(scheduledTime, clock.now() + firstRetry * 2 ** (this.#retries - 1));
    } else {
      alarm.delete();
    }
  }
}
