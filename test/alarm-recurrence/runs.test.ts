import { runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type * as fixtures from "../fixtures/recurrence.ts";
import { handlers } from "../fixtures/recurrence.ts";
import { objectOf } from "../support.ts";
import { capture } from "../support/log.ts";

type Log = ReturnType<typeof capture>;

let log: Log;

/** The rows of the timetable: when each runs, and the time it stands for. */
function rows(object: DurableObjectStub) {
  return runInDurableObject(object, (_instance, { storage }) => {
    const found = storage.sql.exec<{ key: string; due: number; first: number }>(
      "SELECT * FROM loom_alarms ORDER BY key",
    );
    return found.toArray().map(({ key, due, first }) => `${key} ${clock(due)} ${clock(first)}`);
  });
}

function clock(time: number): string {
  return new Date(time).toISOString().slice(11, 19);
}

function at(time: string) {
  vi.setSystemTime(new Date(`2030-01-01T${time}Z`));
}

/** An object of `className` whose recurrence was started at 12:00. */
async function startedAtNoon<Class extends fixtures.Hourly = fixtures.Hourly>(className: string) {
  const object = objectOf<Class>(className);
  at("12:00:00");
  await object.set();
  return object;
}

beforeEach(() => {
  log = capture();
  vi.useFakeTimers({ toFake: ["Date"], now: new Date("2030-01-01T12:00:00Z") });
});

afterEach(() => {
  handlers.act = undefined;
  vi.useRealTimers();
  vi.restoreAllMocks();
});

test("runs that are late do not move those after them", async () => {
  const object = await startedAtNoon("Hourly");
  for (const time of ["13:00:07", "14:10:00", "15:00:00.500"]) {
    at(time);
    await runDurableObjectAlarm(object);
  }

  expect(await object.peek()).toEqual(["13:00:00", "14:00:00", "15:00:00"]);
  expect(await rows(object)).toEqual(["tick 16:00:00 16:00:00"]);
});

test("missed once: one run stands for all that were missed", async () => {
  const object = await startedAtNoon("Hourly");
  at("17:20:00");

  await runDurableObjectAlarm(object);

  expect(await object.peek()).toEqual(["13:00:00"]);
  expect(await rows(object)).toEqual(["tick 18:00:00 18:00:00"]);
});

test("missed skip: what comes too late is left out, and the log says so", async () => {
  const object = await startedAtNoon("SkipsMissed");
  at("17:20:00");
  await runDurableObjectAlarm(object);
  expect(await object.peek()).toEqual([]);
  expect(log.lines).toMatchObject([{ level: "warn", message: "A run comes too late and is left out.", alarm: "tick" }]);
  expect(await rows(object)).toEqual(["tick 18:00:00 18:00:00"]);

  at("18:00:59");
  await runDurableObjectAlarm(object);

  expect(await object.peek()).toEqual(["18:00:00"]);
});

test("missed skip: a run that began in time is tried again, however late that is", async () => {
  const object = await startedAtNoon("SkipsMissed");
  handlers.act = () => {
    throw new Error("not now");
  };
  at("13:00:10");
  await runDurableObjectAlarm(object);
  at("13:20:00");

  await runDurableObjectAlarm(object);

  expect(await object.peek()).toEqual(["13:00:00", "13:00:00"]);
});

test("missed all: each time has its run, in order, one a delivery, a little apart", async () => {
  const object = await startedAtNoon("RunsAllMissed");
  at("16:20:00");
  await runDurableObjectAlarm(object);
  expect(await rows(object)).toEqual(["tick 16:20:00 14:00:00"]);
  expect(await object.peek()).toEqual(["13:00:00"]);
  await runDurableObjectAlarm(object);
  await runDurableObjectAlarm(object);

  await runDurableObjectAlarm(object);

  expect(await object.peek()).toEqual(["13:00:00", "14:00:00", "15:00:00", "16:00:00"]);
  expect(await rows(object)).toEqual(["tick 17:00:00 17:00:00"]);
});

test("a clock that was set back brings no time round again", async () => {
  const object = await startedAtNoon("Hourly");
  at("13:00:00");
  await runDurableObjectAlarm(object);
  at("11:30:00");

  await runDurableObjectAlarm(object);

  expect(await object.peek()).toEqual(["13:00:00", "14:00:00"]);
  expect(await rows(object)).toEqual(["tick 15:00:00 15:00:00"]);
});

test("a run that fails is tried again, keeps its time, and the next keeps the grid", async () => {
  const object = await startedAtNoon("Hourly");
  handlers.act = () => {
    throw new Error("not now");
  };
  at("13:00:00");
  await runDurableObjectAlarm(object);
  const [row] = await rows(object);
  expect(row).toMatch(/^tick 13:(05|06|07|08|09|10):\d\d 13:00:00$/);
  handlers.act = undefined;
  at("13:10:00");

  await runDurableObjectAlarm(object);

  expect(await rows(object)).toEqual(["tick 14:00:00 14:00:00"]);
});

test("a run that fails for good is kept in failed(), and the recurrence goes on", async () => {
  const object = await startedAtNoon("Hourly");
  handlers.act = () => {
    throw new Error("never");
  };
  for (const time of ["13:00:00", "13:10:00"]) {
    at(time);
    await runDurableObjectAlarm(object);
  }

  expect(await object.failed()).toEqual([{ name: "tick", attempts: 2 }]);
  expect(await rows(object)).toEqual(["tick 14:00:00 14:00:00"]);
});

test("scheduling a recurrence moves its one row, and the grid with it", async () => {
  const object = await startedAtNoon("Hourly");
  await object.move();
  expect(await rows(object)).toEqual(["tick 12:10:00 12:10:00"]);
  at("12:10:00");

  await runDurableObjectAlarm(object);

  expect(await rows(object)).toEqual(["tick 13:10:00 13:10:00"]);
});

test("what is scheduled under a key runs once, beside the recurrence", async () => {
  const object = await startedAtNoon("Hourly");
  await object.move({ key: "extra" });
  at("12:10:00");

  await runDurableObjectAlarm(object);

  expect(await object.peek()).toEqual(["12:10:00"]);
  expect(await rows(object)).toEqual(["tick 13:00:00 13:00:00"]);
});

test("a pattern runs by the clock of its zone", async () => {
  const object = await startedAtNoon("AtNineInBerlin");
  expect(await rows(object)).toEqual(["nine 08:00:00 08:00:00"]);

  await runDurableObjectAlarm(object);

  expect(await object.peek()).toEqual(["08:00:00"]);
});

/** An object whose run of 13:00 was given up. */
async function failedAtOne() {
  const object = await startedAtNoon("Hourly");
  handlers.act = () => {
    throw new Error("never");
  };
  for (const time of ["13:00:00", "13:10:00"]) {
    at(time);
    await runDurableObjectAlarm(object);
  }
  handlers.act = undefined;
  return object;
}

test("a failed run that is retried runs beside its recurrence, whose times stay", async () => {
  const object = await failedAtOne();
  await object.move();
  expect(await object.retryAll()).toEqual([true]);

  await runDurableObjectAlarm(object);

  expect(await object.peek()).toEqual(["13:00:00", "13:00:00", "13:00:00"]);
  expect(await rows(object)).toEqual(["tick 13:20:00 13:20:00"]);
});

test("a failed run that is retried does not start again what was stopped", async () => {
  const object = await failedAtOne();
  await object.stop();
  await object.retryAll();

  await runDurableObjectAlarm(object);

  expect(await rows(object)).toEqual([]);
});

test("a handler that starts what recurs does not move its own times", async () => {
  const object = await startedAtNoon("Hourly");
  handlers.act = (hourly) => (hourly as unknown as fixtures.Hourly).begin();
  at("13:20:00");

  await runDurableObjectAlarm(object);

  expect(await rows(object)).toEqual(["tick 14:00:00 14:00:00"]);
});
