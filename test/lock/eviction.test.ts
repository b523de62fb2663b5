import { evictDurableObject } from "cloudflare:test";
import { expect, test } from "vitest";
import { objectOf } from "../support.ts";
import { failureOf } from "../support/failure.ts";
import type { LockForms } from "../fixtures/lock.ts";

test("an object evicted while a lock was held wakes with every lock free", async () => {
  const object = objectOf<LockForms>("LockForms");
  await object.leaveRunning();
  const heldBefore = await object.locked();

  await evictDurableObject(object);

  expect([heldBefore, await object.locked()]).toEqual([1, 0]);
});

test("an object aborted while a lock was held wakes with every lock free, and its callers are told", async () => {
  const object = objectOf<LockForms>("LockForms");
  const [holder, waiter] = [failureOf(object.queued("a")), failureOf(object.queued("b"))];
  const heldBefore = await object.locked();

  await failureOf(object.abort());
  const outcomes = await Promise.all([holder, waiter]);
  const heldAfter = await objectOf<LockForms>("LockForms", object.name).locked();

  expect([heldBefore, heldAfter]).toEqual([1, 0]);
  expect(outcomes).toEqual([expect.any(Error), expect.any(Error)]);
});
