import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { PromiseLockMap } from "../../src/lock.ts";
import { Call, microtasks } from "../support/calls.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const timedOut = {
  code: "GROVE-LOOM-030",
  status: 503,
  message: 'GROVE-LOOM-030: withLock("a"): waited 1000 ms for its lock.',
};

test("a caller in the queue fails with 503 when its wait runs out, and never runs", async () => {
  const locks = new PromiseLockMap();
  const [hung, waiter] = [new Call(), new Call()];
  void locks.withLock("a", hung.run, { mode: "queue" });

  const outcome = locks.withLock("a", waiter.run, { mode: "queue", timeout: "1s" });
  vi.advanceTimersByTime(1_000);

  await expect(outcome).rejects.toMatchObject(timedOut);
  hung.resolve("late");
  await microtasks();
  expect(waiter.hasStarted).toBe(false);
  expect(locks.size).toBe(0);
});

test("a hung holder keeps its lock", async () => {
  const locks = new PromiseLockMap();
  const [hung, waiter] = [new Call(), new Call()];
  void locks.withLock("a", hung.run, { mode: "queue", timeout: "1s" });

  vi.advanceTimersByTime(60_000);
  void locks.withLock("a", waiter.run, { mode: "queue" });
  await microtasks();

  expect(waiter.hasStarted).toBe(false);
  expect(locks.isLocked("a")).toBe(true);
});

test("a waiter that gave up does not delay those behind it", async () => {
  const locks = new PromiseLockMap();
  const [holder, impatient, patient] = [new Call(), new Call(), new Call()];
  void locks.withLock("a", holder.run, { mode: "queue" });
  const refused = locks.withLock("a", impatient.run, { mode: "queue", timeout: "1s" });
  const served = locks.withLock("a", patient.run, { mode: "queue", timeout: "1m" });

  vi.advanceTimersByTime(1_000);
  await expect(refused).rejects.toMatchObject(timedOut);
  holder.resolve("holder");
  patient.resolve("patient");

  expect(await served).toBe("patient");
});

test("a caller that shares a hung call fails with 503 when its wait runs out", async () => {
  const locks = new PromiseLockMap();
  const hung = new Call();
  void locks.withLock("a", hung.run, { timeout: "1s" });

  const outcome = locks.withLock("a", hung.run, { timeout: "1s" });
  vi.advanceTimersByTime(1_000);

  await expect(outcome).rejects.toMatchObject(timedOut);
});

test("a shared call that outran its timeout is not joined: the next caller starts afresh", async () => {
  const locks = new PromiseLockMap();
  const [hung, fresh] = [new Call(), new Call()];
  const first = locks.withLock("a", hung.run, { timeout: "1s" });
  vi.advanceTimersByTime(1_001);

  const results = [1, 2].map(() => locks.withLock("a", fresh.run, { timeout: "1s" }));
  fresh.resolve("fresh");

  expect(await Promise.all(results)).toEqual(["fresh", "fresh"]);
  hung.resolve("late");
  expect(await first).toBe("late");
  expect(locks.size).toBe(0);
});

test("a queued call still waits for a shared call that outran its timeout", async () => {
  const locks = new PromiseLockMap();
  const [hung, queued] = [new Call(), new Call()];
  void locks.withLock("a", hung.run, { timeout: "1s" });
  vi.advanceTimersByTime(1_001);

  void locks.withLock("a", queued.run, { mode: "queue" });
  await microtasks();

  expect(queued.hasStarted).toBe(false);
});

test("no timer is left behind by those who waited, shared or never had to", async () => {
  const locks = new PromiseLockMap();
  const [shared, queued] = [new Call(), new Call()];
  const options = { timeout: "30d" } as const;

  const results = [
    ...[1, 2].map(() => locks.withLock("shared", shared.run, options)),
    ...[1, 2].map(() => locks.withLock("queued", queued.run, { mode: "queue", ...options })),
  ];
  const timersWhileWaiting = vi.getTimerCount();
  shared.resolve("shared");
  queued.resolve("queued");
  await Promise.all(results);
  await microtasks();

  expect(timersWhileWaiting).toBe(2);
  expect(vi.getTimerCount()).toBe(0);
});

test("a wait longer than a timer can count does not end at once", async () => {
  const locks = new PromiseLockMap();
  const [holder, waiter] = [new Call(), new Call()];
  void locks.withLock("a", holder.run, { mode: "queue" });

  const outcome = locks.withLock("a", waiter.run, { mode: "queue", timeout: "60d" });
  vi.advanceTimersByTime(86_400_000);
  holder.resolve("holder");
  waiter.resolve("waiter");

  expect(await outcome).toBe("waiter");
});

test("a fresh shared call does not push in before those who queue", async () => {
  const locks = new PromiseLockMap();
  const [hung, queued, fresh] = [new Call(), new Call(), new Call()];
  void locks.withLock("a", hung.run, { timeout: "1s" });
  void locks.withLock("a", queued.run, { mode: "queue" });
  vi.advanceTimersByTime(1_001);

  void locks.withLock("a", fresh.run);
  await microtasks();

  expect(fresh.hasStarted).toBe(false);
});
