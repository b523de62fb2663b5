import { afterEach, expect, test, vi } from "vitest";
import { delivery, inside } from "./support.ts";

const anHour = 3_600_000;

afterEach(() => vi.useRealTimers());

function rollBack(work: () => unknown): () => void {
  return () => {
    work();
    throw new Error("no");
  };
}

test("a transaction that rolls back takes back what it scheduled, and the platform's alarm", async () => {
  await inside(async (object) => {
    const { scheduler } = object;
    scheduler.schedule("greet", anHour, "first");
    const before = scheduler.list();

    const work = rollBack(() => {
      scheduler.schedule("greet", 1_000, "second");
      scheduler.schedule("mail", 500);
    });
    expect(() => object.transact(work)).toThrow("no");

    expect(scheduler.list()).toEqual(before);
    expect(scheduler.isPending("mail")).toBe(false);
    expect(await object.storage.getAlarm()).toBe(scheduler.getScheduledTime("greet"));
    scheduler.schedule("mail", 500);
    expect(await object.storage.getAlarm()).toBe(scheduler.getScheduledTime("mail"));
  });
});

test("a transaction that rolls back takes back a cancellation", async () => {
  await inside(async (object) => {
    object.scheduler.schedule("once", 2 * anHour);
    object.scheduler.schedule("greet", anHour);
    expect(object.scheduler.isPending("mail")).toBe(false); // by now every key is known

    expect(() => object.transact(rollBack(() => object.scheduler.cancel("greet")))).toThrow("no");

    expect(object.scheduler.isPending("greet")).toBe(true);
    expect(await object.storage.getAlarm()).toBe(object.scheduler.getScheduledTime("greet"));
  });
});

test("a first use inside a transaction that rolls back leaves nothing", async () => {
  await inside(async (object) => {
    expect(() => object.transact(rollBack(() => object.scheduler.schedule("greet", anHour)))).toThrow("no");

    expect(object.scheduler.list()).toEqual([]);
    expect(await object.storage.getAlarm()).toBeNull();
    object.scheduler.schedule("greet", anHour);
    expect(await object.storage.getAlarm()).toBe(object.scheduler.getScheduledTime("greet"));
  });
});

test("a handler whose own schedule was rolled back is done when it ends", async () => {
  await inside(async (object) => {
    object.act = () => {
      try {
        object.transact(rollBack(() => object.scheduler.schedule("greet", anHour)));
      } catch {}
    };
    object.scheduler.schedule("greet", 0);

    await object.alarm(delivery());

    expect(object.runs).toHaveLength(1);
    expect(object.scheduler.list()).toEqual([]);
  });
});

// The platform's own transaction tells nobody that it is taken back.
test("a rollback past Loom loses no alarm that is scheduled after it", async () => {
  await inside(async (object) => {
    object.scheduler.schedule("once", 2 * anHour);
    const work = rollBack(() => object.scheduler.schedule("mail", 1_000));
    expect(() => object.storage.transactionSync(work)).toThrow("no");

    object.scheduler.schedule("greet", anHour);

    expect(await object.storage.getAlarm()).toBe(object.scheduler.getScheduledTime("greet"));
  });
});

test("a clock that is set back between two alarms loses neither", async () => {
  await inside(async (object) => {
    vi.useFakeTimers({ toFake: ["Date"], now: Date.UTC(2030, 0, 1) });
    object.scheduler.schedule("greet", anHour);
    vi.setSystemTime(Date.UTC(2029, 11, 31));
    object.scheduler.schedule("once", anHour);

    expect(await object.storage.getAlarm()).toBe(object.scheduler.getScheduledTime("once"));
    await object.alarm(delivery(object.scheduler.getScheduledTime("once")!));
    expect(await object.storage.getAlarm()).toBe(object.scheduler.getScheduledTime("greet"));
    expect(object.runs.map(({ name }) => name)).toEqual(["once"]);
  });
});
