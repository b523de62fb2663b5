import { expect, test } from "vitest";
import { PromiseLockMap } from "../../src/lock.ts";
import { Call, microtasks } from "../support/calls.ts";

const queue = { mode: "queue" } as const;

test("the holder itself enters its lock again, in modes queue and reject", async () => {
  const locks = new PromiseLockMap();

  const result = locks.withLock(
    "a",
    () => locks.withLock("a", () => locks.withLock("a", () => "in", { mode: "reject" }), queue),
    queue,
  );

  expect(await result).toBe("in");
  expect(locks.size).toBe(0);
});

test("the holder enters again after it took another lock in between", async () => {
  const locks = new PromiseLockMap();

  const result = locks.withLock(
    "a",
    () => locks.withLock("b", () => locks.withLock("a", () => "in", queue), queue),
    queue,
  );

  expect(await result).toBe("in");
});

test("another event does not enter beside the holder", async () => {
  const locks = new PromiseLockMap();
  const [holder, other] = [new Call(), new Call()];

  void locks.withLock("a", holder.run, queue);
  await microtasks();
  void locks.withLock("a", other.run, queue);
  await microtasks();

  expect(other.hasStarted).toBe(false);
});

test("a task that outlived its lock waits like everybody else", async () => {
  const locks = new PromiseLockMap();
  const [wakeTask, next] = [new Call(), new Call()];
  let task: Promise<string> | undefined;
  await locks.withLock(
    "a",
    () => {
      task = wakeTask.run().then(() => locks.withLock("a", () => "task", queue));
    },
    queue,
  );
  void locks.withLock("a", next.run, queue);

  wakeTask.resolve("");
  await microtasks();
  const heldByNext = await Promise.race([task, "waits"]);
  next.resolve("");

  expect(heldByNext).toBe("waits");
  expect(await task).toBe("task");
});

test("the lock stays taken until a call that the holder did not await has ended too", async () => {
  const locks = new PromiseLockMap();
  const [inner, next] = [new Call(), new Call()];

  await locks.withLock("a", () => void locks.withLock("a", inner.run, queue), queue);
  void locks.withLock("a", next.run, queue);
  await microtasks();
  const startedBefore = next.hasStarted;
  inner.resolve("");
  await microtasks();

  expect([startedBefore, next.hasStarted]).toEqual([false, true]);
});

test("a shared call that asks for its own lock fails instead of waiting for itself", async () => {
  const locks = new PromiseLockMap();

  const outcome = locks.withLock("a", () => locks.withLock("a", () => 1));

  await expect(outcome).rejects.toThrow('withLock("a"): the call holds the lock "a"');
  expect(locks.size).toBe(0);
});

test("sharing under a queued lock of the same name fails too", async () => {
  const locks = new PromiseLockMap();

  const outcome = locks.withLock("a", () => locks.withLock("a", () => 1), queue);

  await expect(outcome).rejects.toMatchObject({ code: "GROVE-LOOM-080" });
});

test("locks of two objects have nothing to do with each other", async () => {
  const [one, other] = [new PromiseLockMap(), new PromiseLockMap()];

  expect(await one.withLock("a", () => other.withLock("a", () => "in"))).toBe("in");
});
