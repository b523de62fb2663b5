import { expect, test, vi } from "vitest";
import type { KvBacked } from "../fixtures/blueprint.ts";
import { failureOf } from "../support/failure.ts";
import { objectOf } from "../support.ts";

test("the log of an object that is not SQLite-backed says which setting it needs", async () => {
  const log = vi.spyOn(console, "error").mockImplementation(() => {});
  const error = await failureOf(objectOf<KvBacked>("KvBacked").read());

  expect(error).toMatchObject({ code: "GROVE-LOOM-002" });
  // The platform's own text (workerd 2026-10-23), as the cause.
  expect(log.mock.calls.flat().join()).toContain("change `new_classes` to `new_sqlite_classes`");
  log.mockRestore();
});
