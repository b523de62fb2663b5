import { env } from "cloudflare:workers";
import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { afterEach, expect, test, vi } from "vitest";
import * as fixtures from "../fixtures/recurrence.ts";
import { objectOf } from "../support.ts";
import { capture } from "../support/log.ts";

const { handlers } = fixtures;

/** What an object has stored, and when it is woken. */
function stateOf(object: DurableObjectStub) {
  return runInDurableObject(object, async (_instance, { storage }) => {
    const tables = storage.sql.exec("SELECT name FROM sqlite_master WHERE name NOT GLOB '_cf_*'").toArray();
    const alarm = await storage.getAlarm();
    return { keys: [...storage.kv.list()].map(([key]) => key), tables, alarm };
  });
}

/** The recurrences in the timetable: name, and time of day. */
function pending(object: DurableObjectStub) {
  return runInDurableObject(object, (_instance, { storage }) => {
    const known = storage.sql.exec("SELECT 1 FROM sqlite_master WHERE name = 'loom_alarms'").toArray();
    if (known.length === 0) return [];
    const rows = storage.sql.exec<{ key: string; first: number }>(
      "SELECT key, first FROM loom_alarms WHERE spec IS NOT NULL ORDER BY key",
    );
    return rows.toArray().map(({ key, first }) => `${key} ${new Date(first).toISOString().slice(11, 16)}`);
  });
}

/** Has the object wake as `Class`, as after a deploy. */
function deploy(object: DurableObjectStub, Class: new (ctx: DurableObjectState, env: Cloudflare.Env) => object) {
  return runInDurableObject(object, (_instance, state) => void new Class(state, env as Cloudflare.Env));
}

function at(time: string) {
  vi.useFakeTimers({ toFake: ["Date"], now: new Date(`2030-01-01T${time}Z`) });
}

afterEach(() => {
  handlers.act = undefined;
  vi.useRealTimers();
  vi.restoreAllMocks();
});

test("a bare wake stores nothing and sets no alarm, however often", async () => {
  const object = objectOf<fixtures.Hourly>("Hourly");
  expect(await object.peek()).toEqual([]);
  await evictDurableObject(object);
  expect(await object.peek()).toEqual([]);

  expect(await stateOf(object)).toEqual({ keys: [], tables: [], alarm: null });
});

test.for(["storeField", "storeEntry", "storeSql", "storeJson", "storeRecord", "storeAlarm", "storeBatch"] as const)(
  "the first row starts the recurrence: %s",
  async (store) => {
    const object = objectOf<fixtures.Hourly>("Hourly");
    at("12:00");

    await object[store]();

    expect(await pending(object)).toEqual(["tick 13:00"]);
  },
);

test.for(["storeNothing", "storeAndTakeBack"] as const)("what stores no row starts nothing: %s", async (store) => {
  const object = objectOf<fixtures.Hourly>("Hourly");

  await object[store]();
  await evictDurableObject(object);
  await object.peek();

  expect(await pending(object)).toEqual([]);
});

test("a row stored past Loom is noticed on the next wake", async () => {
  const object = objectOf<fixtures.Hourly>("Hourly");
  await object.storeRaw();
  expect(await pending(object)).toEqual([]);

  await evictDurableObject(object);
  await object.peek();

  expect(await pending(object)).toHaveLength(1);
});

test.for(["HasASchema", "StoresOnStart", "ConstructsAField"] as const)(
  "what the start stores by itself starts nothing, an event's row does: %s",
  async (name) => {
    const object = objectOf<fixtures.StoresOnStart>(name);
    await object.peek();
    await evictDurableObject(object);
    await object.peek();
    await evictDurableObject(object);
    await object.peek();
    expect((await stateOf(object)).alarm).toBeNull();

    await object.set();

    expect(await pending(object)).toHaveLength(1);
  },
);

test("start() starts an object that has stored nothing", async () => {
  const object = objectOf<fixtures.Hourly>("Hourly");

  await object.begin();

  expect(await pending(object)).toHaveLength(1);
});

test.for([
  ["PlainClass", undefined, "no alarm of this class recurs. Add `every` or `cron` to one."],
  ["Hourly", "once", 'alarms.start: "once" has no `every` or `cron`.'],
  ["Hourly", "nothing", 'no alarm is called "nothing"'],
] as const)("start() of %s, %s is refused", async ([className, name, text]) => {
  await runInDurableObject(objectOf<fixtures.Hourly>(className), (object) => {
    expect(() => object.begin(name)).toThrow(text);
  });
});

test("trap 1: a wake leaves the pending alarm where it is", async () => {
  const object = objectOf<fixtures.Hourly>("Hourly");
  at("12:00");
  await object.set();
  const before = await stateOf(object);
  at("12:30");
  await evictDurableObject(object);
  await object.set();

  expect((await stateOf(object)).alarm).toBe(before.alarm);
});

test("trap 8: an object that wakes again and again has one row for each recurrence", async () => {
  const object = objectOf<fixtures.Hourly>("Hourly");
  at("12:00");
  await object.set();
  for (const time of ["12:10", "12:20", "12:30"]) {
    at(time);
    await evictDurableObject(object);
    await object.begin();
    await object.set();
  }

  expect(await pending(object)).toEqual(["tick 13:00"]);
});

test("trap 9: a row whose time has passed is still run after a wake, and starting again leaves it", async () => {
  const object = objectOf<fixtures.Hourly>("Hourly");
  at("12:00");
  await object.set();
  at("15:30");
  await evictDurableObject(object);
  await object.begin();
  expect(await pending(object)).toEqual(["tick 13:00"]);

  await runDurableObjectAlarm(object);

  expect(await object.peek()).toEqual(["13:00:00"]);
});

test("trap 10: after deleteAll a bare wake starts nothing, and a new row does", async () => {
  const object = objectOf<fixtures.Hourly>("Hourly");
  await object.set();
  await runInDurableObject(object, (_instance, { storage }) => storage.deleteAll());
  await evictDurableObject(object);
  await object.peek();
  expect(await stateOf(object)).toEqual({ keys: [], tables: [], alarm: null });

  await object.set();

  expect(await pending(object)).toHaveLength(1);
});

test("trap 10: a handler that deletes everything is not run again", async () => {
  const object = objectOf<fixtures.Hourly>("Hourly");
  await object.set();
  handlers.act = ({ ctx }) => Promise.resolve().then(() => ctx.storage.deleteAll());
  await runDurableObjectAlarm(object);
  await evictDurableObject(object);
  await object.peek();

  expect(await stateOf(object)).toEqual({ keys: [], tables: [], alarm: null });
});

test("a changed declaration starts anew on the next wake, one that is the same stays", async () => {
  const object = objectOf<fixtures.Hourly>("Hourly");
  at("12:00");
  await object.set();
  at("12:30");

  await deploy(object, fixtures.EveryTwoHours);
  expect(await pending(object)).toEqual(["daily 08:00", "tick 14:30"]);
  at("12:45");
  await deploy(object, fixtures.EveryTwoHours);

  expect(await pending(object)).toEqual(["daily 08:00", "tick 14:30"]);
});

test("an alarm that is no longer declared goes to failed(), and starts anew when it is declared again", async () => {
  const object = objectOf<fixtures.Hourly>("Hourly");
  at("12:00");
  await object.set();
  capture();
  await runInDurableObject(object, async (_instance, state) => {
    at("13:00");
    const later = new fixtures.NeverAgain(state, env as Cloudflare.Env);
    await later.alarm();
    expect(later.failed()).toEqual([{ name: "tick", attempts: 1 }]);
  });
  expect(await pending(object)).toEqual(["other 16:00"]);

  await deploy(object, fixtures.Hourly);

  expect(await pending(object)).toEqual(["other 16:00", "tick 14:00"]);
});

test("one of several that was taken away starts anew when it is declared again", async () => {
  const object = objectOf<fixtures.Hourly>("Hourly");
  at("12:00");
  await object.set();
  await deploy(object, fixtures.EveryTwoHours);
  capture();
  await runInDurableObject(object, async (_instance, state) => {
    const later = new fixtures.OnlyEveryTwoHours(state, env as Cloudflare.Env);
    at("13:00");
    state.storage.sql.exec("UPDATE loom_alarms SET due = ? WHERE key = 'daily'", Date.now());
    await later.alarm();
    expect(later.failed()).toMatchObject([{ name: "daily" }]);
  });
  expect(await pending(object)).toEqual(["tick 14:00"]);

  await deploy(object, fixtures.EveryTwoHours);

  expect(await pending(object)).toEqual(["daily 08:00", "tick 14:00"]);
});

test("false stops a recurrence until start()", async () => {
  const object = objectOf<fixtures.Hourly>("Hourly");
  at("12:00");
  await object.set();
  handlers.act = () => false;
  await runDurableObjectAlarm(object);
  await evictDurableObject(object);
  await object.set();
  expect(await pending(object)).toEqual([]);

  await object.begin("tick");

  expect(await pending(object)).toEqual(["tick 13:00"]);
});

test("false stops a recurrence until its declaration changes", async () => {
  const object = objectOf<fixtures.Hourly>("Hourly");
  at("12:00");
  await object.set();
  handlers.act = () => false;
  await runDurableObjectAlarm(object);

  await deploy(object, fixtures.EveryTwoHours);

  expect(await pending(object)).toEqual(["daily 08:00", "tick 14:00"]);
});

test("a recurrence that is cancelled stays off", async () => {
  const object = objectOf<fixtures.Hourly>("Hourly");
  await object.set();

  await object.stop();
  await evictDurableObject(object);
  await object.set();

  expect(await pending(object)).toEqual([]);
});
