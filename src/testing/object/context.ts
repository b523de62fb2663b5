import { AsyncLocalStorage } from "#platform";
import type { Section } from "./gate.ts";
import type { Wake } from "./wake.ts";

/** Whose code runs. */
export interface Running {
  readonly wake: Wake;
  /** The innermost `blockConcurrencyWhile` that the code belongs to. */
  readonly section: Section | undefined;
}

/** Follows an object's code through its awaits; undefined in the code of a test. */
export const running = new AsyncLocalStorage<Running | undefined>();

/** The wake whose code runs; undefined for the code of a test. */
export function currentWake(): Wake | undefined {
  return running.getStore()?.wake;
}

/** Runs `work` as no object's code. */
export function outside<Result>(work: () => Result): Result {
  return running.run(undefined, work);
}
