import { expect, test } from "vitest";
import type { Driver } from "./driver.ts";
import { outcome } from "./driver.ts";
import type { SuitePlain } from "../../fixtures/testing.ts";

type Storage = DurableObjectStorage;
type Case = readonly [title: string, run: (storage: Storage) => unknown, expected: unknown];

const sorted = ["B", "a", "a1", "b", "z", "é", "\uFFFD", "😀"];

const listed =
  (options: SyncKvListOptions) =>
  ({ kv }: Storage) => {
    for (const key of sorted.toReversed()) kv.put(key, 0);
    return [...kv.list(options)].map(([key]) => key);
  };

const kept = (title: string, value: unknown): Case => [
  `keeps ${title}`,
  ({ kv }) => {
    kv.put("a", value);
    return kv.get("a");
  },
  value,
];

class Point {
  x = 1;
}

const failing = (storage: Storage, work: () => unknown) => outcome(() => storage.transactionSync(work));
const far = 4_000_000_000_000;

const cases: readonly Case[] = [
  kept("text", "añ😀"),
  kept("a bigint", 2n ** 70n),
  kept("a Map in an object", { map: new Map([[1, new Set(["a"])]]) }),
  kept("a Date", new Date(5)),
  kept("undefined", undefined),
  kept("null", null),
  ["keeps an Error", ({ kv }) => (kv.put("a", new RangeError("wide")), String(kv.get("a"))), "RangeError: wide"],
  kept("a view", new Uint8Array([1, 2])),
  ["keeps a class instance as plain data", ({ kv }) => (kv.put("p", new Point()), kv.get("p")), { x: 1 }],
  [
    "hands out a copy each time",
    ({ kv }) => {
      const value = { list: [1] };
      kv.put("a", value);
      value.list.push(2);
      kv.get<typeof value>("a")!.list.push(3);
      return kv.get("a");
    },
    { list: [1] },
  ],
  ["refuses a function", ({ kv }) => kv.put("a", () => 1), "DataCloneError: () => 1 could not be cloned."],
  ["refuses a symbol", ({ kv }) => kv.put("a", Symbol("x")), "DataCloneError: Symbol(x) could not be cloned."],
  ["has nothing under an unknown key", ({ kv }) => [kv.get("none"), kv.delete("none")], [undefined, false]],
  ["says what delete found", ({ kv }) => (kv.put("a", 1), [kv.delete("a"), kv.delete("a")]), [true, false]],
  ["takes the empty key", ({ kv }) => (kv.put("", 1), kv.get("")), 1],
  ["takes a number for a key", ({ kv }) => (kv.put(5 as never, 1), kv.get("5")), 1],
  ["lists in the order of bytes", listed({}), sorted],
  ["lists backwards", listed({ reverse: true, limit: 2 }), ["😀", "\uFFFD"]],
  ["lists a prefix", listed({ prefix: "a" }), ["a", "a1"]],
  ["lists from and to", listed({ start: "a", end: "b" }), ["a", "a1"]],
  ["lists after", listed({ startAfter: "a", limit: 1 }), ["a1"]],
  ["lists a prefix from", listed({ prefix: "a", start: "a1" }), ["a1"]],
  ["lists a prefix to", listed({ prefix: "a", start: "0", end: "a1" }), ["a"]],
  ["lists backwards from and to", listed({ reverse: true, start: "a", end: "b" }), ["a1", "a"]],
  ["lists backwards after", listed({ reverse: true, startAfter: "z" }), ["😀", "\uFFFD", "é"]],
  ["refuses a limit of 0", listed({ limit: 0 }), "TypeError: List limit must be positive."],
  [
    "refuses start with startAfter",
    listed({ start: "a", startAfter: "a" }),
    "TypeError: list() cannot be called with both start and startAfter values.",
  ],
  [
    "gets many by the awaited form",
    async (storage) => {
      await storage.put({ b: 1, a: 2, none: undefined });
      return [...(await storage.get(["b", "none", "a"]))];
    },
    [
      ["a", 2],
      ["b", 1],
    ],
  ],
  [
    "deletes many by the awaited form",
    async (storage) => {
      await storage.put({ a: 1, b: 2 });
      return [await storage.delete(["a", "none"]), await storage.delete("b"), await storage.delete("b")];
    },
    [1, true, false],
  ],
  ["lists a Map by the awaited form", async (storage) => (await storage.list()) instanceof Map, true],
  [
    "refuses undefined by the awaited form",
    (s) => s.put("a", undefined),
    "TypeError: put() called with undefined value.",
  ],
  ["shares keys between both forms", async (storage) => (storage.kv.put("a", 1), await storage.get("a")), 1],
  ["makes no table for a read", (s) => (s.kv.get("a"), s.sql.exec("SELECT name FROM sqlite_master").toArray()), []],
  [
    "rolls a transaction back that throws",
    async (storage) => {
      storage.kv.put("a", 1);
      const failure = await failing(storage, () => {
        storage.kv.put("a", 2);
        storage.sql.exec("CREATE TABLE t (a)");
        throw new Error("no");
      });
      return [failure, storage.kv.get("a"), storage.sql.exec("SELECT 1 FROM sqlite_master WHERE name = 't'").toArray()];
    },
    ["Error: no", 1, []],
  ],
  [
    "rolls back the inner one of two transactions alone",
    async (storage) => {
      await storage.transactionSync(async () => {
        storage.kv.put("a", 1);
        await failing(storage, () => {
          storage.kv.put("b", 1);
          throw new Error("no");
        });
      });
      return [...storage.kv.list()];
    },
    [["a", 1]],
  ],
  ["returns what a transaction returns", (storage) => storage.transactionSync(() => 5), 5],
  [
    "commits a transaction that waits",
    (storage) =>
      storage.transaction(async (transaction) => {
        await transaction.put("a", 1);
        return [await transaction.get("a"), storage.kv.get("a")];
      }),
    [1, 1],
  ],
  [
    "rolls back a transaction that waits and throws",
    async (storage) => {
      const failure = await outcome(() =>
        storage.transaction(async () => {
          storage.kv.put("a", 1);
          await Promise.resolve();
          throw new Error("no");
        }),
      );
      return [failure, storage.kv.get("a")];
    },
    ["Error: no", undefined],
  ],
  [
    "rolls back by hand",
    async (storage) => {
      const failure = await storage.transaction(async (transaction) => {
        await transaction.put("a", 1);
        transaction.rollback();
        return outcome(() => transaction.get("a"));
      });
      return [failure, storage.kv.get("a")];
    },
    ["Error: Cannot get() on rolled back transaction", undefined],
  ],
  [
    "deletes everything, the alarm too",
    async (storage) => {
      storage.kv.put("a", 1);
      storage.sql.exec("CREATE TABLE t (a)");
      await storage.setAlarm(far);
      await storage.deleteAll();
      return [
        [...storage.kv.list()],
        storage.sql.exec("SELECT name FROM sqlite_master").toArray(),
        await storage.getAlarm(),
      ];
    },
    [[], [], null],
  ],
  ["can be written after deleteAll", async (s) => (await s.deleteAll(), s.kv.put("a", 1), s.kv.get("a")), 1],
  ["syncs", (storage) => storage.sync(), undefined],
  ["has no alarm at first", (storage) => storage.getAlarm(), null],
  ["keeps an alarm", async (storage) => (await storage.setAlarm(far), storage.getAlarm()), far],
  [
    "keeps the last alarm",
    async (s) => (await s.setAlarm(far + 9), await s.setAlarm(new Date(far)), s.getAlarm()),
    far,
  ],
  ["writes nothing for the alarm that is set", writtenAgain, 0],
  ["takes an alarm off", async (s) => (await s.setAlarm(far), await s.deleteAlarm(), s.getAlarm()), null],
  ["cuts an alarm to milliseconds", async (storage) => (await storage.setAlarm(far + 0.7), storage.getAlarm()), far],
  ["refuses an alarm at 0", (s) => s.setAlarm(0), "TypeError: setAlarm() cannot be called with an alarm time <= 0"],
  [
    "refuses an alarm that is no time",
    (storage) => storage.setAlarm(Number.NaN),
    "TypeError: The value cannot be converted because it is not a valid Date.",
  ],
  [
    "refuses an alarm after 2189",
    (storage) => storage.setAlarm(8.64e15),
    "TypeError: This API doesn't support dates after 2189.",
  ],
  [
    "rolls an alarm back",
    async (storage) => {
      await storage.setAlarm(far);
      await failing(storage, () => {
        void storage.deleteAlarm();
        throw new Error("no");
      });
      return storage.getAlarm();
    },
    far,
  ],
];

/** How many rows a second `setAlarm` writes. */
async function writtenAgain(storage: DurableObjectStorage): Promise<number> {
  const rows = () => Number(storage.sql.exec("SELECT total_changes() AS rows").one()["rows"]);
  await storage.setAlarm(far);
  const before = rows();
  await storage.setAlarm(far);
  return rows() - before;
}

/** What the rest of `ctx.storage` keeps and refuses. */
export function kvSuite(driver: Driver): void {
  test.for(cases)("storage %s", async ([, run, expected]) => {
    const object = driver.open<SuitePlain>("SuitePlain");

    const found = await object.inside((_, { storage }) => outcome(() => run(storage)));

    expect(found).toEqual(expected);
  });
}
