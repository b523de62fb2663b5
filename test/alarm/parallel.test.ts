import { afterEach, expect, test, vi } from "vitest";
import { Alarm } from "../../decorators/alarm.ts";
import { LoomDO } from "../../src/base.ts";
import type { Alarmed } from "../fixtures/alarm.ts";
import { capture } from "../support/log.ts";
import { delivery, gate, inside, rowsOf } from "./support.ts";

const anHour = 3_600_000;

afterEach(() => vi.restoreAllMocks());

/** Has `name` due under each of `keys`, in this order; returns when the last is. */
function due({ scheduler }: Alarmed, name: string, keys: Iterable<string>): number {
  let time = Date.now() + anHour;
  for (const key of keys) scheduler.schedule(name, new Date((time += 1)), key, { key });
  return time;
}

test("as many keys of an alarm run at once as it says, in their order, the others when a place is free", async () => {
  await inside(async (object) => {
    const gates = new Map(["c", "a", "b", "d"].map((key) => [key, gate()]));
    const log: string[] = [];
    object.act = async (_name, _payload, { key }) => {
      log.push(`${key} starts`);
      await gates.get(key!)!.promise;
      log.push(`${key} ends`);
    };
    const time = due(object, "pull", gates.keys());

    const running = object.alarm(delivery(time));
    await vi.waitFor(() => expect(log).toHaveLength(2));
    gates.get("a")!.resolve(undefined);
    await vi.waitFor(() => expect(log).toHaveLength(4));
    for (const { resolve } of gates.values()) resolve(undefined);
    await running;

    expect(log.slice(0, 4)).toEqual(["c starts", "a starts", "a ends", "b starts"]);
    expect(log.filter((line) => line.endsWith("ends"))).toHaveLength(4);
    expect(object.scheduler.list()).toEqual([]);
  }, "AlarmedSideBySide");
});

test("a key that is scheduled anew while it runs waits for its end, though a place is free", async () => {
  await inside(async (object) => {
    const first = gate();
    const log: unknown[] = [];
    object.act = async (_name, payload) => {
      log.push(`${payload} starts`);
      if (payload === "a") await first.promise;
      log.push(`${payload} ends`);
      if (payload === "b") first.resolve(undefined);
    };
    const time = due(object, "pull", "a");

    const running = object.alarm(delivery(time));
    await vi.waitFor(() => expect(log).toHaveLength(1));
    object.scheduler.schedule("pull", 0, "again", { key: "a" });
    object.scheduler.schedule("pull", 0, "b", { key: "b" });
    await running;

    expect(log).toEqual(["a starts", "b starts", "b ends", "a ends", "again starts", "again ends"]);
    expect(object.scheduler.list()).toEqual([]);
  }, "AlarmedSideBySide");
});

test("a handler that hangs holds its own place: the other keys run one by one on those that are left", async () => {
  capture();
  await inside(async (object) => {
    const hang = gate();
    object.act = (_name, _payload, { key }) => (key === "0" ? hang.promise : undefined);
    const time = due(object, "tug", ["0", "1", "2", "3"]);

    await object.alarm(delivery(time));

    expect(object.runs.map(({ key }) => key)).toEqual(["0", "1", "2", "3"]);
    expect(object.scheduler.list()).toMatchObject([{ key: "0", attempts: 1 }]);
    hang.resolve(undefined);
  }, "AlarmedSideBySide");
});

test("a key whose handler still hangs is not run again before its end, and the platform does not ask at once", async () => {
  capture();
  await inside(async (object) => {
    const hang = gate();
    object.act = (_name, _payload, { key, attempt }) => (key === "hangs" && attempt === 1 ? hang.promise : undefined);
    await object.alarm(delivery(due(object, "tug", ["hangs"])));
    const retry = object.scheduler.getScheduledTime("tug", { key: "hangs" })!;
    object.scheduler.schedule("tug", new Date(retry), "b", { key: "b" });

    await object.alarm(delivery(retry));

    expect(object.runs.map(({ key }) => key)).toEqual(["hangs", "b"]);
    expect(await object.storage.getAlarm()).toBeGreaterThan(Date.now() + 50_000);
    hang.resolve(undefined);
    await vi.waitFor(async () => expect(await object.storage.getAlarm()).toBe(retry));
    await object.alarm(delivery(retry));
    expect(object.runs.map(({ key, attempt }) => [key, attempt])).toEqual([
      ["hangs", 1],
      ["b", 1],
      ["hangs", 2],
    ]);
  }, "AlarmedSideBySide");
});

test("after a crash as many as may have been running run alone, each with a strike, and no others", async () => {
  await inside(async (object) => {
    const runs: unknown[] = [];
    const both = gate();
    object.act = async (_name, _payload, { key }) => {
      const struck = object.storage.sql.exec("SELECT key FROM loom_alarms WHERE strikes > 0").toArray();
      runs.push([key, "starts", struck.map(({ key: row }) => row)]);
      if (key === "c") await both.promise;
      if (key === "d") both.resolve(undefined);
      runs.push([key, "ends"]);
    };

    await object.alarm(delivery(due(object, "pull", "abcd"), 1));

    expect(runs).toEqual([
      ["a", "starts", ["pull\na"]],
      ["a", "ends"],
      ["b", "starts", ["pull\nb"]],
      ["b", "ends"],
      ["c", "starts", []],
      ["d", "starts", []],
      ["d", "ends"],
      ["c", "ends"],
    ]);
  }, "AlarmedSideBySide");
});

test("runs side by side cost what runs one after another do", async () => {
  await inside(async (object) => {
    object.scheduler.schedule("greet", 2 * anHour);
    const time = due(object, "pull", "abc");

    expect(await rowsOf(object, () => object.alarm(delivery(time)))).toBe(4);
  }, "AlarmedSideBySide");
});

test("a hundred due keys run in one call, each once, never more than two at a time", async () => {
  await inside(async (object) => {
    let running = 0;
    let most = 0;
    object.act = async () => {
      running += 1;
      most = Math.max(most, running);
      await new Promise((resolve) => setTimeout(resolve));
      running -= 1;
    };
    for (let id = 0; id < 100; id += 1) object.scheduler.schedule("pull", 0, id, { key: String(id) });

    await object.alarm(delivery());

    expect(new Set(object.runs.map(({ payload }) => payload)).size).toBe(100);
    expect(object.runs).toHaveLength(100);
    expect(most).toBe(2);
  }, "AlarmedSideBySide");
});

test.for([0, 1.5, Number.NaN])("an alarm that runs %d keys at once is refused where it is declared", (parallel) => {
  const define = () =>
    class extends LoomDO {
      @Alarm("pull", { parallel }) pull() {}
    };

  expect(define).toThrow(`@Alarm pull: parallel is ${parallel}. Write a whole number from 1.`);
});
