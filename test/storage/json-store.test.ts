import { evictDurableObject } from "cloudflare:test";
import { expect, test } from "vitest";
import { objectOf } from "../support.ts";
import type { PlainStorage } from "../fixtures/storage.ts";
import { inside, thrownBy } from "./inside.ts";

test("a stored value comes back, after an eviction too", async () => {
  const name = crypto.randomUUID();
  const meta = { title: "Hello", tags: ["a", "b"], draft: false, views: 0, parent: null };

  await inside(({ store }) => store.set("meta", meta), name);
  await evictDurableObject(objectOf<PlainStorage>("PlainStorage", name));

  expect(await inside(({ store }) => store.get("meta"), name)).toEqual(meta);
});

test("a missing key and a stored null are told apart", async () => {
  await inside(({ store }) => {
    store.set("nothing", null);

    expect(store.get("nothing")).toBeNull();
    expect(store.has("nothing")).toBe(true);
    expect(store.get("missing")).toBeUndefined();
    expect(store.has("missing")).toBe(false);
  });
});

test("delete says whether there was a value", async () => {
  await inside(({ store }) => {
    store.set("a", 1);

    expect(store.delete("a")).toBe(true);
    expect(store.delete("a")).toBe(false);
    expect(store.get("a")).toBeUndefined();
  });
});

test("several keys are read, written and deleted at once", async () => {
  await inside(({ store }) => {
    store.set({ a: 1, b: 2 });
    store.set(new Map([["c", 3]]));

    expect([...store.get(["c", "missing", "a"])]).toEqual([
      ["c", 3],
      ["a", 1],
    ]);
    expect(store.delete(["a", "b", "missing", "a"])).toBe(2);
    expect([...store.list()]).toEqual([["c", 3]]);
  });
});

test("a record with one value that cannot be stored stores none", async () => {
  await inside(({ store }) => {
    expect(() => store.set({ a: 1, b: undefined })).toThrow("store key `b`");

    expect(store.has("a")).toBe(false);
  });
});

test("list selects by prefix, range, limit and direction", async () => {
  await inside(({ store }) => {
    store.set({ "a:1": 1, "a:2": 2, "a:3": 3, "a;": 4, b: 5 });

    expect([...store.list({ prefix: "a:" }).keys()]).toEqual(["a:1", "a:2", "a:3"]);
    expect([...store.list({ start: "a:2", end: "b" }).keys()]).toEqual(["a:2", "a:3", "a;"]);
    expect([...store.list({ prefix: "a:", start: "a:2", end: "z" }).keys()]).toEqual(["a:2", "a:3"]);
    expect([...store.list({ limit: 2, reverse: true }).keys()]).toEqual(["b", "a;"]);
    expect(store.list({ limit: 0 }).size).toBe(0);
  });
});

test("a prefix that ends with the last character there is has an end too", async () => {
  await inside(({ store }) => {
    store.set({ "a\u{10FFFF}": 1, "a\u{10FFFF}x": 2, b: 3, "\uD7FF1": 4, "\uE000": 5 });

    expect([...store.list({ prefix: "a\u{10FFFF}" }).values()]).toEqual([1, 2]);
    expect([...store.list({ prefix: "\uD7FF" }).values()]).toEqual([4]);
    expect(store.list({ prefix: "\u{10FFFF}" }).size).toBe(0);
  });
});

test.for([-1, 1.5, Number.NaN])("a limit of %d is refused", async (limit) => {
  const error = await inside(({ store }) => thrownBy(() => store.list({ limit })));

  expect(error.message).toBe(`GROVE-LOOM-080: store.list: limit is ${limit}. Write a whole number from 0.`);
});

test("reading from a store that holds nothing reads no row and makes no table", async () => {
  await inside((object) => {
    const { store } = object;
    const everyRead = () => [store.get("a"), store.get(["a"]), store.has("a"), store.list(), store.delete("a")];

    expect(object.rowsRead(everyRead) + object.rowsWritten(everyRead)).toBe(0);
    expect(object.sql.queryAll("SELECT name FROM sqlite_master")).toEqual([]);
    expect(object.lines).toEqual([]);
  });
});
