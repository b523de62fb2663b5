import { afterEach, expect, test, vi } from "vitest";
import { capture } from "../support/log.ts";
import { delivery, inside, rowsOf } from "./support.ts";

const anHour = 3_600_000;

afterEach(() => vi.restoreAllMocks());

test("an alarm costs two rows when it is the next, one when the platform's alarm stays", async () => {
  await inside(async (object) => {
    object.scheduler.schedule("greet", anHour); // makes the table

    expect(await rowsOf(object, () => object.scheduler.schedule("mail", 1_000))).toBe(2);
    expect(await rowsOf(object, () => object.scheduler.schedule("once", anHour))).toBe(1);
    expect(await rowsOf(object, () => object.scheduler.schedule("once", 2 * anHour))).toBe(1);
    expect(await rowsOf(object, () => object.scheduler.ensureScheduled("once", 3 * anHour))).toBe(0);
  });
});

test("a run costs two rows when others are left, one when it was the last", async () => {
  await inside(async (object) => {
    object.scheduler.schedule("greet", 0);
    object.scheduler.schedule("mail", anHour);

    expect(await rowsOf(object, () => object.alarm(delivery()))).toBe(2);
    expect(await rowsOf(object, () => object.alarm(delivery(Date.now() + anHour)))).toBe(1);
    expect(object.runs.map(({ name }) => name)).toEqual(["greet", "mail"]);
  });
});

test("a handler that schedules itself anew costs one row and the platform's alarm", async () => {
  await inside(async (object) => {
    object.act = () => void object.scheduler.ensureScheduled("greet", anHour);
    object.scheduler.schedule("greet", 0);

    expect(await rowsOf(object, () => object.alarm(delivery()))).toBe(2);
  });
});

// Armed once, at the end: a setAlarm in between would cost a row and reset the platform's count of retries.
test("however much a handler schedules, the platform's alarm is set once", async () => {
  await inside(async (object) => {
    object.act = () => {
      object.scheduler.schedule("mail", 2 * anHour);
      object.scheduler.schedule("once", anHour);
    };
    object.scheduler.schedule("greet", 0);

    expect(await rowsOf(object, () => object.alarm(delivery()))).toBe(4);
  });
});

test("a retry costs one row and the platform's alarm", async () => {
  await inside(async (object) => {
    capture();
    object.act = () => Promise.reject(new Error("down"));
    object.scheduler.schedule("greet", 0);

    expect(await rowsOf(object, () => object.alarm(delivery()))).toBe(2);
  });
});

test("a key that recurs costs what an alarm does, a run of it one row and the platform's alarm", async () => {
  await inside(async (object) => {
    object.scheduler.schedule("mail", 9 * anHour); // makes the table
    const poll = () => object.scheduler.ensureScheduled("greet", { every: "1h" }, undefined, { key: "poll" });

    expect(await rowsOf(object, poll)).toBe(2);
    expect(await rowsOf(object, poll)).toBe(0);
    expect(await rowsOf(object, () => object.alarm(delivery(Date.now() + anHour)))).toBe(2);
  });
});

test("a run that is tried alone after a crash costs a row more, of a handler that never gives up too", async () => {
  await inside(async (object) => {
    capture();
    object.scheduler.schedule("mail", anHour);
    object.scheduler.schedule("ever", 0);

    expect(await rowsOf(object, () => object.alarm(delivery(Date.now(), 1)))).toBe(3);
    expect(object.runs.map(({ name }) => name)).toEqual(["ever"]);
  });
});

test("an object that asks for an alarm and has none stores nothing", async () => {
  await inside(async (object) => {
    expect(object.scheduler.isPending("greet")).toBe(false);
    expect(object.scheduler.list()).toEqual([]);
    expect(object.scheduler.failed()).toEqual([]);
    expect(await object.scheduler.cancel("greet")).toBe(false);

    const tables = object.storage.sql.exec("SELECT name FROM sqlite_master WHERE name NOT GLOB '_cf*'").toArray();
    expect(tables).toEqual([]);
  });
});
