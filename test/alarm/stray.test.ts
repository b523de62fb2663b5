import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { afterEach, expect, test, vi } from "vitest";
import { toolsOf } from "../../src/object/tools.ts";
import type { Alarmed, AlarmedByHook, AlarmedLate, AlarmedQuietly } from "../fixtures/alarm.ts";
import { capture } from "../support/log.ts";
import { objectOf } from "../support.ts";
import { delivery, inside } from "./support.ts";

const anHour = 3_600_000;
const nothingDue =
  "The platform's alarm fired and nothing of Loom's was due. " +
  "Write `this.alarms.schedule(…)` where other code calls `storage.setAlarm`.";

afterEach(() => vi.restoreAllMocks());

// Trap 12: user code that sets the platform's alarm.
test("an alarm that other code set runs onAlarm, and the log says what to write", async () => {
  const { lines } = capture();
  const stub = objectOf<AlarmedByHook>("AlarmedByHook");
  await stub.setRaw(Date.now() + anHour);

  await runDurableObjectAlarm(stub);

  await runInDurableObject(stub, (object: AlarmedByHook) => expect(object.ran).toBe(1));
  expect(lines.map(({ message }) => message)).toEqual([nothingDue]);
});

test("an alarm that nobody takes is told of once a wake", async () => {
  const { lines } = capture();
  const stub = objectOf<AlarmedQuietly>("AlarmedQuietly");

  await runInDurableObject(stub, async (object: AlarmedQuietly) => {
    await object.alarm(delivery());
    await object.alarm(delivery());
  });

  expect(lines.map(({ message }) => message)).toEqual([nothingDue]);
});

test("an earlier alarm of other code is noticed and kept beside Loom's own", async () => {
  const { lines } = capture();
  await inside(async (object) => {
    const theirs = Date.now() + 60_000;
    await object.storage.setAlarm(theirs);

    object.scheduler.schedule("greet", anHour);

    await vi.waitFor(() => expect(lines).toHaveLength(1));
    expect(lines[0]).toMatchObject({ level: "warn", alarm: new Date(theirs).toISOString() });
    expect(lines[0]!["message"]).toContain("Write `this.alarms.schedule(…)` instead of `storage.setAlarm`.");
    expect(await object.storage.getAlarm()).toBe(theirs);
    await object.alarm(delivery(theirs));
    expect(await object.storage.getAlarm()).toBe(object.scheduler.getScheduledTime("greet"));
  });
});

// Trap 9: what is pending is armed again on the way that changes nothing, too.
test.for([
  ["lost", (storage: DurableObjectStorage) => storage.deleteAlarm()],
  ["late", (storage: DurableObjectStorage) => storage.setAlarm(Date.now() + 50 * anHour)],
] as const)("a platform alarm that is %s is mended by the next use", async ([, harm]) => {
  capture();
  const stub = objectOf<Alarmed>("Alarmed");
  await inside(async (object) => {
    object.scheduler.schedule("greet", anHour);
    await harm(object.storage);
  }, stub);
  await evictDurableObject(stub);

  await inside(async (object) => {
    expect(await object.scheduler.ensureScheduled("greet", 2 * anHour)).toBe(false);

    const due = object.scheduler.getScheduledTime("greet");
    await vi.waitFor(async () => expect(await object.storage.getAlarm()).toBe(due));
  }, stub);
});

// Trap 10: deleteAll takes the table and, since 2026-02-24, the alarm.
test("after a deleteAll alarms are scheduled anew, those from before are gone", async () => {
  await inside(async (object) => {
    object.scheduler.schedule("greet", 1_000);
    await object.storage.deleteAll();

    expect(object.scheduler.isPending("greet")).toBe(false);
    expect(await object.scheduler.ensureScheduled("greet", anHour)).toBe(true);
    expect(object.scheduler.list()).toHaveLength(1);
    expect(await object.storage.getAlarm()).toBe(object.scheduler.getScheduledTime("greet"));
  });
});

test("a handler may delete everything, its own row with it", async () => {
  await inside(async (object) => {
    object.act = () => object.storage.deleteAll();
    object.scheduler.schedule("greet", 0);

    await object.alarm(delivery());

    expect(object.scheduler.list()).toEqual([]);
    expect(object.storage.sql.exec("SELECT name FROM sqlite_master WHERE name GLOB 'loom*'").toArray()).toEqual([]);
  });
});

// Trap 1: a wake arms nothing and reads nothing.
test("a bare wake leaves the platform's alarm and the database alone", async () => {
  const stub = objectOf<Alarmed>("Alarmed");
  await inside((object) => object.scheduler.schedule("greet", anHour), stub);
  await evictDurableObject(stub);

  await inside(async (object) => {
    const armed = await object.storage.getAlarm();
    expect(armed).toBeGreaterThan(Date.now());
    expect(object.scheduler.getScheduledTime("greet")).toBe(armed);
  }, stub);
});

// Trap 8: scheduling the same thing on each wake makes one alarm, not one a wake.
test("an alarm that is scheduled on every wake is one alarm", async () => {
  const stub = objectOf<Alarmed>("Alarmed");
  await inside((object) => void object.scheduler.ensureScheduled("greet", anHour), stub);
  await evictDurableObject(stub);
  await inside((object) => void object.scheduler.ensureScheduled("greet", anHour), stub);

  await inside((object) => expect(object.scheduler.list()).toHaveLength(1), stub);
});

test.for([
  ["earlier", 30_000],
  ["later", 50 * anHour],
] as const)(
  "an alarm that a handler sets past Loom, %s than what is left, is told of, and comes",
  async ([, delay]) => {
    const { lines } = capture();
    await inside(async (object) => {
      object.act = () => object.storage.setAlarm(Date.now() + delay);
      object.scheduler.schedule("once", 0);
      object.scheduler.schedule("greet", anHour);

      await object.alarm(delivery());

      expect(lines).toMatchObject([{ level: "warn", message: expect.stringContaining("set by other code") }]);
      const first = Math.min(object.scheduler.getScheduledTime("greet")!, Date.now() + delay);
      expect(Math.abs((await object.storage.getAlarm())! - first)).toBeLessThan(5_000);
    });
  },
);

test("an alarm of other code that made Loom's late is told of when it fires", async () => {
  const { lines } = capture();
  await inside(async (object) => {
    object.scheduler.schedule("greet", 1_000);
    const theirs = Date.now() + anHour;
    await object.storage.setAlarm(theirs);

    await object.alarm(delivery(theirs));

    expect(object.runs).toHaveLength(1);
    expect(lines).toMatchObject([{ level: "warn", message: expect.stringContaining("set by other code") }]);
  });
});

test("an alarm that Loom itself put off is nobody else's", async () => {
  const { lines } = capture();
  const stub = objectOf<AlarmedLate>("AlarmedLate");
  await runInDurableObject(stub, async (object: AlarmedLate, { storage }) => {
    toolsOf(object).alarms.schedule("greet", 60_000);
    const due = Date.now() - 30_000;
    storage.sql.exec("UPDATE loom_alarms SET due = ?", due);
    await object.alarm(delivery(due));
    storage.kv.put("may", true);
  });
  await evictDurableObject(stub);
  lines.length = 0;

  await runInDurableObject(stub, async (object: AlarmedLate, { storage }) => {
    expect(toolsOf(object).alarms.isPending("greet")).toBe(true);
    await storage.getAlarm(); // by now the platform's alarm has been looked at
    await storage.getAlarm();

    expect(lines).toEqual([]);
    await storage.deleteAll();
  });
});
