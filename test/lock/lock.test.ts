import { expect, test } from "vitest";
import { PromiseLockMap } from "../../src/lock.ts";
import { Call, microtasks } from "../support/calls.ts";

test("an unlocked call starts in the same turn", () => {
  const call = new Call();

  void new PromiseLockMap().withLock("a", call.run, { mode: "queue" });

  expect(call.hasStarted).toBe(true);
});

test("concurrent callers in mode share get the one running call's result", async () => {
  const locks = new PromiseLockMap();
  const [first, second] = [new Call(), new Call()];

  const results = [locks.withLock("a", first.run), locks.withLock("a", second.run)];
  first.resolve("first");

  expect(await Promise.all(results)).toEqual(["first", "first"]);
  expect(second.hasStarted).toBe(false);
});

test("a shared call that fails fails for everybody, and is not kept", async () => {
  const locks = new PromiseLockMap();
  const [first, later] = [new Call(), new Call()];
  const results = [locks.withLock("a", first.run), locks.withLock("a", first.run)];

  first.reject(new Error("offline"));
  const outcomes = await Promise.allSettled(results);
  later.resolve("later");

  expect(outcomes.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
  expect(await locks.withLock("a", later.run)).toBe("later");
});

test("every caller that shares a Response can read its body", async () => {
  const locks = new PromiseLockMap();
  const call = new Call<Response>();

  const texts = [1, 2, 3].map(async () => (await locks.withLock("a", call.run)).text());
  call.resolve(new Response("body"));

  expect(await Promise.all(texts)).toEqual(["body", "body", "body"]);
});

test("callers in mode queue run one at a time, first come first served", async () => {
  const locks = new PromiseLockMap();
  const [first, second] = [new Call(), new Call()];

  const results = [
    locks.withLock("a", first.run, { mode: "queue" }),
    locks.withLock("a", second.run, { mode: "queue" }),
  ];
  await microtasks();
  const startedBefore = second.hasStarted;
  first.resolve("first");
  second.resolve("second");

  expect(startedBefore).toBe(false);
  expect(await Promise.all(results)).toEqual(["first", "second"]);
});

test("a caller in mode reject fails with 409 while the lock is held or waited for", async () => {
  const locks = new PromiseLockMap();
  const [holder, refused] = [new Call(), new Call()];
  void locks.withLock("a", holder.run, { mode: "queue" });

  const outcome = locks.withLock("a", refused.run, { mode: "reject" });

  await expect(outcome).rejects.toMatchObject({ code: "GROVE-LOOM-029", status: 409 });
  expect(refused.hasStarted).toBe(false);
});

test("locks of different names do not wait for each other", () => {
  const locks = new PromiseLockMap();
  const [first, second] = [new Call(), new Call()];

  void locks.withLock("a", first.run, { mode: "queue" });
  void locks.withLock("b", second.run, { mode: "queue" });

  expect(second.hasStarted).toBe(true);
  expect([locks.size, locks.isLocked("a"), locks.isLocked("c")]).toEqual([2, true, false]);
});

test("modes of one name exclude each other", async () => {
  const locks = new PromiseLockMap();
  const [shared, queued] = [new Call(), new Call()];

  void locks.withLock("a", shared.run);
  const result = locks.withLock("a", queued.run, { mode: "queue" });
  await microtasks();
  const startedBefore = queued.hasStarted;
  shared.resolve("shared");
  queued.resolve("queued");

  expect(startedBefore).toBe(false);
  expect(await result).toBe("queued");
});

test("a call that fails frees the lock, whether it throws or rejects", async () => {
  const locks = new PromiseLockMap();
  const fail = (): never => {
    throw new Error("thrown in the same turn");
  };

  await expect(locks.withLock("a", fail, { mode: "queue" })).rejects.toThrow("thrown in the same turn");
  await expect(locks.withLock("a", fail)).rejects.toThrow("thrown in the same turn");
  await expect(locks.withLock("a", async () => fail(), { mode: "reject" })).rejects.toThrow("thrown in the same turn");

  expect(locks.size).toBe(0);
});

test("a timeout that is no length of time and a mode that is none are refused, by the lock's name", async () => {
  const locks = new PromiseLockMap();

  const outcomes = [
    locks.withLock("a", () => 1, { timeout: "soon" as never }),
    locks.withLock("a", () => 1, { mode: "wait" as never }),
  ];

  await expect(outcomes[0]).rejects.toThrow('withLock("a"): soon is not a length of time');
  await expect(outcomes[1]).rejects.toThrow('withLock("a"): mode is "wait". Write "share", "queue" or "reject".');
});
