import { misuse } from "../errors.ts";

/** Refuses what is no whole number from `least` on; `what` names it in the error. */
export function checkWhole(value: number, what: string, least = 1): void {
  if (Number.isSafeInteger(value) && value >= least) return;
  throw misuse(`${what} is ${value}. Write a whole number from ${least}.`);
}
