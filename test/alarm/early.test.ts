import { runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { afterEach, expect, test, vi } from "vitest";
import type { Alarmed } from "../fixtures/alarm.ts";
import { capture } from "../support/log.ts";
import { objectOf } from "../support.ts";
import { delivery, gate, inside } from "./support.ts";

const anHour = 3_600_000;

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

// A test asks for an alarm ahead of its time; a clock that is set back makes every alarm one.
test.for([
  ["the test helper's call", (): AlarmInvocationInfo | undefined => undefined],
  ["a clock that was set back", () => delivery(Date.now() + anHour)],
] as const)("a run before its time, by %s, is not followed by its retries at once", async ([, infoOf]) => {
  capture();
  await inside(async (object) => {
    object.act = () => Promise.reject(new Error("no"));
    object.scheduler.schedule("greet", anHour);

    await object.alarm(infoOf());

    expect(object.runs).toHaveLength(1);
    expect(object.scheduler.list()).toMatchObject([{ name: "greet", attempts: 1 }]);
  });
});

test("what a handler of a run before its time schedules for a little later is started while it still runs", async () => {
  await inside(async (object) => {
    const slow = gate();
    object.act = (name) => {
      if (name === "once") return slow.resolve(undefined);
      object.scheduler.schedule("once", 20);
      return slow.promise;
    };
    object.scheduler.schedule("greet", anHour);

    await object.alarm(delivery(Date.now() + anHour));

    expect(object.runs.map(({ name }) => name)).toEqual(["greet", "once"]);
  });
});

test("a chain that is run before its time goes one step a call", async () => {
  const stub = objectOf<Alarmed>("Alarmed");
  await inside((object) => {
    object.act = (name) => void (object.runs.length < 5 && object.scheduler.schedule(name, "1m"));
    object.scheduler.schedule("greet", anHour);
  }, stub);

  await runDurableObjectAlarm(stub);
  await inside((object) => expect(object.runs).toHaveLength(1), stub);
  await runDurableObjectAlarm(stub);

  await runInDurableObject(stub, (object: Alarmed) => {
    expect(object.runs).toHaveLength(2);
    return object.storage.deleteAll();
  });
});

test("what a handler schedules for now runs in a call before its time, too", async () => {
  await inside(async (object) => {
    object.act = (_name, payload) => void (payload === 1 && object.scheduler.schedule("greet", 0, 2, { key: "2" }));
    object.scheduler.schedule("greet", anHour, 1);

    await object.alarm();

    expect(object.runs.map(({ payload }) => payload)).toEqual([1, 2]);
  });
});

test("of one name those that were due run, one that a handler adds for a later time waits", async () => {
  await inside(async (object) => {
    const due = new Date(Date.now() + anHour);
    object.act = (_name, payload) => void (payload === 1 && object.scheduler.schedule("greet", "1m", 3, { key: "3" }));
    object.scheduler.schedule("greet", due, 1, { key: "1" });
    object.scheduler.schedule("greet", due, 2, { key: "2" });

    await object.alarm();

    expect(object.runs.map(({ payload }) => payload)).toEqual([1, 2]);
    expect(object.scheduler.list()).toMatchObject([{ key: "3" }]);
    expect(await object.storage.getAlarm()).toBe(object.scheduler.getScheduledTime("greet", { key: "3" }));
  });
});
