import { expect, test } from "vitest";
import { outcome } from "../suite/driver.ts";

/** What a binding is asked, and what comes of it. */
export type Case<Binding> = readonly [title: string, run: (binding: Binding) => unknown, expected: unknown];

/** Checks each case against a binding with nothing in it. */
export function check<Binding>(cases: readonly Case<Binding>[], open: () => Promise<Binding>): void {
  test.for(cases)("%s", async ([, run, expected]) => {
    const binding = await open();

    const found = await outcome(() => run(binding));

    expect(found).toEqual(expected);
  });
}
