import { expect, vi } from "vitest";
import { exportGate } from "../../fixtures/grove/export.ts";

/** Has every call of D1 fail until it is told otherwise; of a `GatedExport`. */
export function d1IsDown(isDown: boolean): void {
  failAt(...(isDown ? ["before DB first", "before DB all", "before DB run"] : []));
}

/** Has every call fail at these moments; of a `GatedExport`. */
export function failAt(...moments: readonly string[]): void {
  exportGate.pass = (moment) => {
    if (moments.includes(moment)) throw new Error(`Down: ${moment}.`);
  };
}

/** Has the next `times` calls fail at this moment, and those after them pass. */
export function failTimes(times: number, at: string): void {
  let left = times;
  exportGate.pass = (moment) => {
    if (moment === at && left-- > 0) throw new Error(`Down: ${moment}.`);
  };
}

/** Does something when `moment` comes for the `nth` time. */
export function actAt(moment: string, nth: number, act: () => Promise<unknown>): void {
  let left = nth;
  exportGate.pass = async (now) => {
    if (now === moment && --left === 0) await act();
  };
}

/** Has the first call at `moment` wait until it is released. */
export function heldAt(moment: string) {
  let [isReached, isHeld] = [false, true];
  const moments: string[] = [];
  exportGate.pass = async (now) => {
    moments.push(now);
    if (now !== moment || isReached) return;
    isReached = true;
    // Another object's promise cannot be awaited there: the flag is looked at until it falls.
    while (isHeld) await scheduler.wait(1);
  };
  return {
    /** All that came, in its order. */
    moments,
    isReached: () => vi.waitFor(() => expect(isReached).toBe(true)),
    release: () => {
      isHeld = false;
    },
  };
}

/** Keeps the `moments` that come, in their order. */
export function traced(...moments: readonly string[]): string[] {
  const trace: string[] = [];
  exportGate.pass = (moment) => {
    if (moments.includes(moment)) trace.push(moment);
  };
  return trace;
}

export function noOutage(): void {
  failAt();
}
