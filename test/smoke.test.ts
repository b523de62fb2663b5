import { expect, test } from "vitest";
import { objectOf } from "./support.ts";
import type { Smoke } from "./fixtures/smoke.ts";

test("a fixture class answers over RPC", async () => {
  expect(await objectOf<Smoke>("Smoke").answer()).toBe(42);
});
