import { evictDurableObject } from "cloudflare:test";
import { describe, expect, test, vi } from "vitest";
import { plans, type FailingSchema, type StartOrderChild } from "../fixtures/start.ts";
import { objectOf } from "../support.ts";
import { failureOf } from "../support/failure.ts";

const kinds = ["FailingSchema", "FailingMigration", "FailingOnStart", "FailingLoad"];

/** An object of `className` whose first `fails` starts fail. */
function failing(className: string, fails: number) {
  const name = crypto.randomUUID();
  plans.set(name, { fails, starts: 0 });
  return objectOf<FailingSchema>(className, name);
}

describe.each(kinds)("%s", (className) => {
  test("refuses HTTP with 500 and 001 while its start fails, without a word of the cause", async () => {
    const response = await failing(className, 1).fetch("https://object/visit");

    expect(response.status).toBe(500);
    expect(await response.json()).toEqual({
      error: "GROVE-LOOM-001",
      error_code: "GROVE-LOOM-001",
      error_description: "Something went wrong. Please try again.",
    });
  });

  test("refuses RPC calls with 001", async () => {
    await expect(failureOf(failing(className, 1).visit())).resolves.toMatchObject({
      code: "GROVE-LOOM-001",
      status: 500,
    });
  });

  test("tries again with the next event, and then works", async () => {
    const object = failing(className, 2);
    // An unread body would count as an event under way, which eviction waits for.
    await (await object.fetch("https://object/visit")).text();
    await failureOf(object.visit());
    await expect(Promise.resolve(object.visit())).resolves.toBe(1);

    await evictDurableObject(object);

    expect(await (await object.fetch("https://object/visit")).json()).toEqual({ visits: 2 });
  });

  test("logs the cause", async () => {
    const log = vi.spyOn(console, "error").mockImplementation(() => {});

    await failing(className, 1).fetch("https://object/visit");

    expect(log.mock.calls.flat().join()).toContain("SELECT secret FROM start");
    log.mockRestore();
  });
});

test("start steps run once a wake, the parent's first, after the fields are there", async () => {
  const object = objectOf<StartOrderChild>("StartOrderChild");

  expect([await object.order(), await object.order()]).toEqual([
    ["field", "parent", "child"],
    ["field", "parent", "child"],
  ]);
});
