import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { afterEach, expect, test, vi } from "vitest";
import { toolsOf } from "../../src/object/tools.ts";
import type { AlarmedCrash, AlarmedLate } from "../fixtures/alarm.ts";
import { failureOf } from "../support/failure.ts";
import { capture } from "../support/log.ts";
import { objectOf } from "../support.ts";
import { delivery, gate, inside } from "./support.ts";

afterEach(() => vi.restoreAllMocks());

// Trap 7: a handler that crashes the object would be run, and paid for, for ever.
test("after a crash alarms run one at a time, each with a strike on disk before", async () => {
  await inside(async (object) => {
    const slow = gate();
    const strikes: unknown[] = [];
    object.act = (name) => {
      strikes.push(object.storage.sql.exec("SELECT name, strikes FROM loom_alarms ORDER BY name").toArray());
      return name === "greet" ? slow.promise : undefined;
    };
    object.scheduler.schedule("greet", 0);
    object.scheduler.schedule("once", 0);

    const running = object.alarm(delivery(Date.now(), 1));
    await vi.waitFor(() => expect(object.runs).toHaveLength(1));
    slow.resolve(undefined);
    await running;

    expect(strikes).toEqual([
      [
        { name: "greet", strikes: 1 },
        { name: "once", strikes: 0 },
      ],
      [{ name: "once", strikes: 1 }],
    ]);
    expect(object.scheduler.list()).toEqual([]);
  });
});

test("an alarm that crashed the object three times is given up, the others run", async () => {
  const { lines } = capture();
  await inside(async (object) => {
    object.scheduler.schedule("greet", 0, "poison");
    object.scheduler.schedule("once", 0);
    object.storage.sql.exec("UPDATE loom_alarms SET strikes = 3 WHERE name = 'greet'");

    await object.alarm(delivery(Date.now(), 1));

    expect(object.runs.map(({ name }) => name)).toEqual(["once"]);
    const error = expect.stringContaining('The alarm "greet" crashed the object 3 times.');
    expect(object.scheduler.failed()).toMatchObject([{ name: "greet", payload: "poison", error }]);
    expect(lines).toMatchObject([{ code: "GROVE-LOOM-051", alarm: "greet" }]);
  });
});

test("an alarm that is never given up waits after its crashes, and after its failures, for as long as it takes", async () => {
  const { lines } = capture();
  await inside(async (object) => {
    object.act = () => Promise.reject(new Error("no"));
    object.scheduler.schedule("ever", 0);
    object.storage.sql.exec("UPDATE loom_alarms SET strikes = 3, attempt = 2000");

    await object.alarm(delivery(Date.now(), 1));
    const [crashed] = object.scheduler.list();
    await object.alarm();

    expect(object.runs.map(({ name }) => name)).toEqual(["ever"]);
    expect(object.scheduler.failed()).toEqual([]);
    expect(crashed).toMatchObject({ name: "ever", attempts: 2_001 });
    expect(crashed!.scheduledTime.getTime()).toBeGreaterThan(Date.now() + 25 * 60_000);
    expect(object.scheduler.list()).toMatchObject([{ name: "ever", attempts: 2_002 }]);
    expect(lines).toMatchObject([{ cause: { message: expect.stringContaining("crashed the object 3 times") } }, {}]);
  });
});

test("a try that fails without a crash clears its strikes", async () => {
  capture();
  await inside(async (object) => {
    object.act = () => Promise.reject(new Error("no"));
    object.scheduler.schedule("greet", 0);

    await object.alarm(delivery(Date.now(), 1));

    expect(object.storage.sql.exec("SELECT strikes, attempt FROM loom_alarms").one()).toEqual({
      strikes: 0,
      attempt: 1,
    });
  });
});

// workerd forgets the count when its process is killed; it is late then.
test("the first call of a wake that comes late is taken for one after a crash", async () => {
  await inside(async (object) => {
    const strikes: unknown[] = [];
    object.act = () => strikes.push(object.storage.sql.exec("SELECT strikes FROM loom_alarms").one()["strikes"]);

    for (let call = 1; call <= 2; call += 1) {
      object.scheduler.schedule("greet", 0);
      await object.alarm(delivery(Date.now() - 5_000));
    }

    expect(strikes).toEqual([1, 0]);
  });
});

// Trap 3: the platform drops an alarm after six counted retries.
test("before the platform's last retries an alarm is armed, and taken back when nothing is left", async () => {
  await inside(async (object) => {
    const armed: unknown[] = [];
    object.act = async () => armed.push((await object.storage.getAlarm())! - Date.now());
    object.scheduler.schedule("greet", 0);

    await object.alarm(delivery(Date.now(), 5));

    expect(armed[0]).toBeGreaterThan(50_000);
    expect(await object.storage.getAlarm()).toBeNull();
  });
});

test("a handler that resets the object is run again with a strike, and nothing else is lost", async () => {
  capture();
  const name = crypto.randomUUID();
  // A stub is broken once its object was reset.
  const look = () => objectOf<AlarmedCrash>("AlarmedCrash", name).look();
  await objectOf<AlarmedCrash>("AlarmedCrash", name).plan();

  await vi.waitFor(async () => expect((await look()).strikes).toBe(2), { timeout: 20_000, interval: 100 });
  expect((await look()).hasCalmed).toBe(true);
  await objectOf<AlarmedCrash>("AlarmedCrash", name).quit();
}, 25_000);

// Trap 6: a start that fails loses no alarm, and burns none of the platform's retries.
test("an object that cannot start puts its alarms off, later each time, and runs them when it can", async () => {
  capture();
  const stub = objectOf<AlarmedLate>("AlarmedLate");
  await runInDurableObject(stub, async (object: AlarmedLate, { storage }) => {
    const { alarms } = toolsOf(object);
    alarms.schedule("greet", 60_000);
    const now = Date.now();
    storage.sql.exec("UPDATE loom_alarms SET due = ?", now - 30_000);

    await object.alarm(delivery(now - 30_000));

    expect(await storage.getAlarm()).toBeGreaterThanOrEqual(now + 30_000);
    expect(object.ran).toBe(0);
    storage.kv.put("may", true);
  });
  await evictDurableObject(stub);

  await runInDurableObject(stub, async (object: AlarmedLate) => {
    await object.alarm(delivery());

    expect(object.ran).toBe(1);
    expect(toolsOf(object).alarms.list()).toEqual([]);
  });
});

// "Throw to the platform only if something is armed."
test("a failure that is no handler's reaches the platform, with an alarm armed", async () => {
  await inside(async (object) => {
    object.scheduler.schedule("greet", 0);
    object.act = () => void object.storage.sql.exec("ALTER TABLE loom_alarms RENAME COLUMN payload TO gone");

    const error = await failureOf(Promise.resolve(object.alarm(delivery())));

    expect(String(error)).toContain("no such column");
    expect(await object.storage.getAlarm()).toBeGreaterThan(Date.now());
  });
});
