import { afterEach, expect, test, vi } from "vitest";
import { capture } from "../support/log.ts";
import { delivery, inside } from "./support.ts";

afterEach(() => vi.restoreAllMocks());

test.for([
  ["an object without a text", Object.create(null) as object, "[object Object]"],
  ["a symbol", Symbol("odd"), "Symbol(odd)"],
  [
    "an object whose text throws",
    { toString: () => undefined as never, valueOf: () => undefined as never, [Symbol.toPrimitive]: () => ({}) },
    "[object Object]",
  ],
  ["nothing", undefined, "undefined"],
] as const)("a handler that throws %s is given up like any other", async ([, thrown, error]) => {
  capture();
  await inside(async (object) => {
    object.act = () => {
      throw thrown;
    };
    object.scheduler.schedule("once", 0);

    await object.alarm(delivery());

    expect(object.scheduler.failed()).toMatchObject([{ name: "once", error }]);
    expect(object.scheduler.list()).toEqual([]);
  });
});

test("a handler that deletes everything and then fails leaves nothing behind", async () => {
  capture();
  await inside(async (object) => {
    object.act = async () => {
      await object.storage.deleteAll();
      throw new Error("too late");
    };
    object.scheduler.schedule("once", 0);

    await object.alarm(delivery());

    const tables = object.storage.sql.exec("SELECT name FROM sqlite_master WHERE name GLOB 'loom*'").toArray();
    expect(tables).toEqual([]);
  });
});

test("of the alarms that were given up the last 1,000 are kept, and the log says that one is forgotten", async () => {
  const { lines } = capture();
  await inside(async (object) => {
    object.act = () => Promise.reject(new Error("no"));
    for (let id = 0; id <= 1_000; id += 1) object.scheduler.schedule("once", 0, id, { key: String(id) });

    await object.alarm(delivery());

    const failed = object.scheduler.failed();
    expect(failed).toHaveLength(1_000);
    expect(failed.at(-1)!.payload).toBe(object.runs[1]!.payload);
    const told = lines.filter(({ level }) => level === "warn");
    expect(told).toMatchObject([
      { message: expect.stringContaining("More than 1000 alarms have failed"), alarm: "once" },
    ]);
  });
});

test("Loom's own alarms are not among the user's failures", async () => {
  capture();
  await inside(async (object) => {
    object.scheduler.schedule("greet", 0);
    object.storage.sql.exec("UPDATE loom_alarms SET key = 'loom:gone', name = 'loom:gone'");

    await object.alarm(delivery());

    expect(object.scheduler.failed()).toEqual([]);
  });
});
