import { LOOM_ERRORS } from "../catalogue.ts";
import { LoomError } from "../errors.ts";

/** The limits of one run. */
export interface Limits {
  readonly timeout: number;
  /** What ran, for the error. */
  readonly where: string;
  /** Told when the work is out of time and left behind. */
  leave(): void;
  /** Told when the work has ended, also after it was left behind. */
  end(wasLeft: boolean): void;
}

/** What `work` returns; rejects when it is out of time: its signal is aborted, and it is left behind. */
export async function runInTime(work: (signal: AbortSignal) => Promise<unknown>, limits: Limits): Promise<unknown> {
  const { timeout, where } = limits;
  const controller = new AbortController();
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    const error = new LoomError(LOOM_ERRORS.ALARM_THREW, { message: `${where} ran longer than ${timeout} ms.` });
    limits.leave();
    reject(error);
    controller.abort(error);
  }, timeout);
  const settled = work(controller.signal).finally(() => {
    clearTimeout(timer);
    limits.end(controller.signal.aborted);
  });
  return Promise.race([settled, late]);
}
