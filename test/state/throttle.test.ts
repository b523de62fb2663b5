import { runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Throttled, ThrottledWhole } from "../fixtures/throttled.ts";
import { objectOf } from "../support.ts";
import { capture } from "../support/log.ts";

/** When the alarm of the delayed save is due. */
function alarms(object: DurableObjectStub) {
  return runInDurableObject(object, (_instance, { storage }) => {
    const known = storage.sql.exec("SELECT 1 FROM sqlite_master WHERE name = 'loom_alarms'").toArray();
    const rows = known.length === 0 ? [] : storage.sql.exec<{ due: number }>("SELECT due FROM loom_alarms").toArray();
    return rows.map(({ due }) => new Date(due).toISOString().slice(11, 19));
  });
}

function at(time: string) {
  vi.setSystemTime(new Date(`2030-01-01T${time}Z`));
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date"], now: new Date("2030-01-01T12:00:00Z") });
});

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

test("the first call saves at once, those of the interval are saved at its end, together", async () => {
  const object = objectOf<Throttled>("Throttled");
  await object.bump();
  expect(await object.look()).toEqual([1, 1, 1]);
  for (const time of ["12:00:01", "12:00:10", "12:00:29"]) {
    at(time);
    await object.bump();
  }
  expect(await object.look()).toEqual([4, 1, 1]);
  expect(await alarms(object)).toEqual(["12:00:30"]);

  at("12:00:30");
  await runDurableObjectAlarm(object);

  expect(await object.look()).toEqual([4, 4, 2]);
  expect(await alarms(object)).toEqual([]);
});

test("a call after the interval saves at once, and sets no alarm", async () => {
  const object = objectOf<Throttled>("Throttled");
  await object.bump();
  at("12:00:30");

  await object.bump();

  expect(await object.look()).toEqual([2, 2, 2]);
  expect(await alarms(object)).toEqual([]);
});

test("the alarm's save counts as the last", async () => {
  const object = objectOf<Throttled>("Throttled");
  await object.bump();
  await object.bump();
  at("12:00:30");
  await runDurableObjectAlarm(object);
  at("12:00:40");

  await object.bump();

  expect(await object.look()).toEqual([3, 2, 2]);
  expect(await alarms(object)).toEqual(["12:01:00"]);
});

test("markDirty alone saves at the end of its turn, with what was put off", async () => {
  const object = objectOf<Throttled>("Throttled");
  await object.bump();
  await object.bump();
  await object.bumpUnthrottled();
  expect(await object.look()).toEqual([3, 3, 2]);

  await runDurableObjectAlarm(object);

  expect(await object.look()).toEqual([3, 3, 2]);
});

test("persistIfDirty without an interval saves what was put off", async () => {
  const object = objectOf<Throttled>("Throttled");
  await object.bump();
  await object.bump();

  await object.saveNow();

  expect(await object.look()).toEqual([2, 2, 2]);
});

test("a change marked during a save is not forgotten: its own interval's end saves it", async () => {
  const object = objectOf<Throttled>("Throttled");
  await object.slow();
  const first = object.bump();
  const second = object.bump();
  await object.release();
  await first;
  await second;
  expect(await object.look()).toEqual([2, 1, 1]);

  await runDurableObjectAlarm(object);

  expect(await object.look()).toEqual([2, 2, 2]);
});

test("a clock that was set back puts nothing off", async () => {
  const object = objectOf<Throttled>("Throttled");
  await object.bump();
  at("11:00:00");

  await object.bump();

  expect(await object.look()).toEqual([2, 2, 2]);
});

test("after a crash the alarm finds nothing to save, and the next call saves", async () => {
  const name = crypto.randomUUID();
  const crashed = objectOf<Throttled>("Throttled", name);
  await crashed.bump();
  await crashed.bump();
  await runInDurableObject(crashed, (_instance, ctx) => ctx.abort("a crash")).catch(() => {});
  const object = objectOf<Throttled>("Throttled", name);
  const { lines } = capture();
  await runDurableObjectAlarm(object);
  expect(lines).toEqual([]);

  await object.bump();

  expect(await object.look()).toEqual([2, 2, 1]);
});

test("a record that Loom keeps is throttled too", async () => {
  const object = objectOf<ThrottledWhole>("ThrottledWhole");
  await object.bump();
  await object.bump();
  expect(await object.look()).toEqual([2, 1]);

  await runDurableObjectAlarm(object);

  expect(await object.look()).toEqual([2, 2]);
});

test("an interval that would hold the object for hours is refused", async () => {
  const message = await objectOf<Throttled>("Throttled").bumpEvery("1h");

  expect(message).toContain('it would hold the object for too long. Write at most `"15m"`.');
});

test("a put-off save that fails resets the object, as one at the end of a turn does", async () => {
  const name = crypto.randomUUID();
  const object = objectOf<ThrottledWhole>("ThrottledWhole", name);
  const { lines } = capture();
  await object.bump();
  await object.bumpUnstorably();
  at("12:00:30");

  await runDurableObjectAlarm(object).catch(() => {});

  expect(lines).toMatchObject([{ code: "GROVE-LOOM-040", cause: { code: "GROVE-LOOM-043" } }]);
  expect(await objectOf<ThrottledWhole>("ThrottledWhole", name).look()).toEqual([1, 1]);
});
