import { currentWake } from "./object/context.ts";
import { nextTurn } from "./node.ts";
import type { Clock } from "./time/clock.ts";
import { progress } from "./time/stillness.ts";

/** What every binding of the kit is made with. */
export interface MockBindingOptions {
  /**
   * Runs before each operation, with the method's name and what it is about (a key, or the SQL). What it throws, the
   * caller gets: `before: () => { if (isDown) throw new Error("D1_ERROR: the database is down"); }`
   */
  readonly before?: (operation: string, subject: string) => void | Promise<void>;
}

/** Begins an operation of a binding: it is a call to elsewhere, so that other events run before it is answered. */
export async function begin({ before }: MockBindingOptions, operation: string, subject: string): Promise<void> {
  progress.steps += 1;
  await nextTurn();
  await before?.(operation, subject);
}

// The time that a binding outside of any object goes by: of the env that has it, else the test's.
const clocks = new WeakMap<object, Clock>();

/** Has the bindings of `env` go by its clock, unless they have one. */
export function shareClock(env: object, clock: Clock): void {
  for (const binding of Object.values(env)) {
    if (binding !== null && typeof binding === "object" && !clocks.has(binding)) clocks.set(binding, clock);
  }
}

/** The time of `binding` for who calls now: the object's, that of the env, or the test's. */
export function timeOf(binding: object): number {
  return currentWake()?.now() ?? clocks.get(binding)?.now() ?? Date.now();
}
