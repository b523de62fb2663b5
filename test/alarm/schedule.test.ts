import { evictDurableObject, runDurableObjectAlarm } from "cloudflare:test";
import { expect, test, vi } from "vitest";
import type { Alarmed } from "../fixtures/alarm.ts";
import { thrownBy } from "../storage/inside.ts";
import { objectOf } from "../support.ts";
import { delivery, inside } from "./support.ts";

const anHour = 3_600_000;

test("an alarm outlives an eviction and runs with its payload", async () => {
  const stub = objectOf<Alarmed>("Alarmed");
  const payload = { to: "ada", born: new Date(0), tags: new Set(["a"]), size: 10n, none: undefined };
  await inside(async (object) => {
    await object.scheduler.schedule(object.greet, "1h", payload);
    expect(await object.storage.getAlarm()).toBe(object.scheduler.getScheduledTime(object.greet));
  }, stub);
  await evictDurableObject(stub);

  expect(await runDurableObjectAlarm(stub)).toBe(true);

  await inside(async (object) => {
    expect(object.runs).toMatchObject([{ name: "greet", payload, attempt: 1, key: undefined }]);
    expect(object.scheduler.list()).toEqual([]);
    expect(await object.storage.getAlarm()).toBeNull();
  }, stub);
});

test("an alarm fires by itself, at once for a Date in the past", async () => {
  const stub = objectOf<Alarmed>("Alarmed");

  const fired = await inside(
    (object) =>
      new Promise((resolve) => {
        object.act = (name, payload) => resolve([name, payload]);
        void object.scheduler.schedule("greet", new Date(0), "late");
      }),
    stub,
  );

  expect(fired).toEqual(["greet", "late"]);
});

// Trap 2 and trap 4: a schedule made in a handler is what the platform's alarm is set to when it ends.
test("a handler that schedules the next run keeps the chain going, by its own alarm and by another", async () => {
  const stub = objectOf<Alarmed>("Alarmed");

  const names = await inside(
    (object) =>
      new Promise((resolve) => {
        object.act = (name) => {
          if (object.runs.length === 4) resolve(object.runs.map((run) => run.name));
          else void object.scheduler.ensureScheduled(name === "greet" ? "mail" : "greet", 0);
        };
        void object.scheduler.schedule("greet", 0);
      }),
    stub,
  );

  expect(names).toEqual(["greet", "mail", "greet", "mail"]);
});

test("scheduling one alarm never loses another, and one name is one alarm", async () => {
  await inside(async (object) => {
    vi.useFakeTimers({ toFake: ["Date"], now: 1_000_000 });
    object.scheduler.schedule("greet", "2h", 1);
    object.scheduler.schedule("mail", "1h");
    object.scheduler.schedule("3h");
    object.scheduler.schedule("greet", "30m", 2);
    vi.useRealTimers();

    expect(object.scheduler.list()).toEqual([
      { name: "greet", key: undefined, payload: 2, scheduledTime: new Date(2_800_000), attempts: 0 },
      { name: "mail", key: undefined, payload: undefined, scheduledTime: new Date(4_600_000), attempts: 0 },
      { name: "", key: undefined, payload: undefined, scheduledTime: new Date(11_800_000), attempts: 0 },
    ]);
  });
});

test("each key has an alarm of its own", async () => {
  await inside(async (object) => {
    const { scheduler } = object;
    scheduler.schedule(object.greet, 0, "for ada", { key: "ada" });
    scheduler.schedule(object.greet, 0, "for bob", { key: "bob" });
    scheduler.schedule(object.greet, anHour, "for ada, later", { key: "ada" });

    await object.alarm(delivery());

    expect(object.runs).toMatchObject([{ payload: "for bob", key: "bob" }]);
    expect(scheduler.isPending("greet")).toBe(false);
    expect(scheduler.isPending("greet", { key: "ada" })).toBe(true);
    expect(await scheduler.cancel("greet", { key: "ada" })).toBe(true);
    expect(scheduler.list()).toEqual([]);
  });
});

// Trap 9, and weakness 7 of the upstream: an earlier need counts though a later alarm is pending.
test("ensureScheduled keeps an alarm that comes in time and brings forward one that does not", async () => {
  await inside(async (object) => {
    const { scheduler } = object;

    expect(await scheduler.ensureScheduled(anHour)).toBe(true);
    const first = scheduler.getScheduledTime();
    expect(await scheduler.ensureScheduled(2 * anHour)).toBe(false);
    expect(scheduler.getScheduledTime()).toBe(first);
    expect(await scheduler.ensureScheduled("5m")).toBe(true);
    expect(scheduler.getScheduledTime()).toBeLessThan(first!);
    expect(await object.storage.getAlarm()).toBe(scheduler.getScheduledTime());
  });
});

test("cancelling the earliest brings the platform's alarm to the next, cancelling the last deletes it", async () => {
  await inside(async (object) => {
    const { scheduler } = object;
    scheduler.schedule("greet", 1_000);
    scheduler.schedule("mail", anHour);

    expect(await scheduler.cancel("greet")).toBe(true);
    expect(await object.storage.getAlarm()).toBe(scheduler.getScheduledTime("mail"));
    expect(await scheduler.cancel(object.mail)).toBe(true);
    expect(await object.storage.getAlarm()).toBeNull();
    expect(await scheduler.cancel("mail")).toBe(false);
  });
});

const noTime = 'is no time. Write a delay in milliseconds, `"5m"` or a Date.';

test.for([
  ["a method alone", () => "its source", `050: schedule greet: a method ${noTime}`],
  ["NaN", NaN, `050: schedule greet: NaN ${noTime}`],
  ["a negative delay", -1, `050: schedule greet: -1 ${noTime}`],
  ["a text that is none", "soon", `050: schedule greet: soon ${noTime}`],
  [
    "a time for a delay",
    1.7e12,
    "050: schedule greet: a delay of 1700000000000 is over three years. For a point in time pass a Date.",
  ],
  [
    "an invalid Date",
    new Date(NaN),
    "050: schedule greet: the Date is invalid or after 2188. Write one that is neither.",
  ],
  [
    "a Date too far",
    new Date(8e15),
    "050: schedule greet: the Date is invalid or after 2188. Write one that is neither.",
  ],
  ["nothing", undefined, `050: schedule greet: undefined ${noTime}`],
] as const)("%s is refused at the call", async ([, when, message]) => {
  await inside((object) => {
    const error = thrownBy(() => object.scheduler.schedule("greet", when as unknown as number));

    expect(error.message).toBe(`GROVE-LOOM-${message}`);
    expect(object.scheduler.list()).toEqual([]);
  });
});

test("what cannot be stored, a key that is none and a target that is none are refused at the call", async () => {
  await inside((object) => {
    const { scheduler } = object;
    const messages = [
      () => scheduler.schedule("greet", 0, { call: () => 0 }),
      () => scheduler.schedule("greet", 0, "x".repeat(2_100_000)),
      () => scheduler.schedule("greet", 0, 1, { key: 5 as never }),
      () => scheduler.schedule("nobody", 0),
      () => scheduler.schedule(object.helper, 0),
      () => scheduler.schedule("loom:state_data", 0),
    ].map((work) => thrownBy(work).message);

    const known = 'There are "greet", "mail", "ever", "once".';
    expect(messages).toEqual([
      'GROVE-LOOM-043: The alarm "greet": its payload.call is a function, which cannot be stored. Give plain data, arrays, Date, Map, Set or bigint.',
      'GROVE-LOOM-043: The alarm "greet": its payload takes more than the 2 MB of one row. Keep large data in R2, or split it.',
      "GROVE-LOOM-050: schedule greet: the key is no text of at most 512 characters. Write `{ key: id }`.",
      `GROVE-LOOM-050: schedule: no alarm is called "nobody". Put @Alarm on a method. ${known}`,
      `GROVE-LOOM-050: schedule: the method helper is no alarm. Put @Alarm on it. ${known}`,
      `GROVE-LOOM-050: schedule: no alarm is called "loom:state_data". Put @Alarm on a method. ${known}`,
    ]);
  });
});
