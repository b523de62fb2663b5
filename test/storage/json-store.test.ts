import { evictDurableObject } from "cloudflare:test";
import { expect, test } from "vitest";
import { objectOf } from "../support.ts";
import type { PlainStorage } from "../fixtures/storage.ts";
import { inside, thrownBy } from "./inside.ts";

const upstreamTable = "CREATE TABLE kv_store (key TEXT PRIMARY KEY, value TEXT NOT NULL, updated_at INTEGER NOT NULL)";

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

  expect(error.message).toBe(`GROVE-LOOM-080: store.list: the limit ${limit} is not a count. Write a whole number.`);
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

test("a write costs one row, in a table that was made with the first", async () => {
  await inside((object) => {
    expect(object.rowsWritten(() => object.store.set("a", 1))).toBe(3);
    expect(object.rowsWritten(() => object.store.set("b", 1))).toBe(1);
    expect(object.rowsWritten(() => object.store.set("a", 2))).toBe(1);
    expect(object.rowsWritten(() => object.store.set({ a: 3, c: 3 }))).toBe(2);
    expect(object.rowsWritten(() => object.store.delete("a"))).toBe(1);
    expect(object.rowsRead(() => object.store.get("b"))).toBe(1);
  });
});

test("a prefix reads its own rows and the one after them", async () => {
  await inside((object) => {
    object.store.set(new Map(Array.from({ length: 100 }, (_, index) => [`${index % 10}:${index}`, index])));

    expect(object.rowsRead(() => object.store.list({ prefix: "3:" }))).toBe(11);
    expect(object.rowsRead(() => object.store.list({ prefix: "3:", limit: 2 }))).toBe(2);
  });
});

test("a table that went with a rolled back transaction is made again", async () => {
  await inside(({ sql, store }) => {
    thrownBy(() =>
      sql.transaction(() => {
        store.set("a", 1);
        throw new Error("stop");
      }),
    );

    expect(store.get("a")).toBeUndefined();
    store.set("a", 2);
    expect(store.get("a")).toBe(2);
  });
});

test("a table that went with deleteAll is made again", async () => {
  await inside(async ({ storage, store }) => {
    store.set("a", 1);
    await storage.deleteAll();

    expect(store.get("a")).toBeUndefined();
    store.set("a", 2);
    expect(store.get("a")).toBe(2);
  });
});

test("a table in the older shape, with a rowid, is read and written", async () => {
  await inside(({ sql, store }) => {
    sql.exec(`${upstreamTable}; INSERT INTO kv_store VALUES ('old', '{"n":1}', 5), ('both', '1', 5)`);

    store.set("both", 2);

    expect([...store.list()]).toEqual([
      ["both", 2],
      ["old", { n: 1 }],
    ]);
    expect(sql.queryOne<{ updated_at: number }>("SELECT updated_at FROM kv_store WHERE key = 'both'")!.updated_at).toBeGreaterThan(5);
  });
});

test("stores in two tables do not see each other, and a table may be called as a SQL word", async () => {
  await inside((object) => {
    const orders = object.storeIn("order");

    orders.set("a", 1);

    expect(orders.get("a")).toBe(1);
    expect(object.store.get("a")).toBeUndefined();
  });
});

test.for(["", "1a", "a-b", 'a"b', "a b", "sqlite_a", "_cf_KV", "SQLITE_A"])("%j cannot name a table", async (table) => {
  const error = await inside((object) => thrownBy(() => object.storeIn(table)));

  expect(error.message).toBe(
    `GROVE-LOOM-080: JsonStore: ${JSON.stringify(table)} cannot name a table. Write letters, digits and underscores, as in "kv_store".`,
  );
});

test("a stored text that is not JSON is refused, with its key in the log only", async () => {
  await inside(({ sql, store, lines }) => {
    sql.exec(`${upstreamTable}; INSERT INTO kv_store VALUES ('customer', '{"n":', 5), ('bytes', x'FF', 5)`);

    const error = thrownBy(() => store.get("customer"));

    expect(error.message).toBe("GROVE-LOOM-042: A stored value is not JSON: the log names its key.");
    expect(lines).toEqual([
      { code: "GROVE-LOOM-042", data: { table: "kv_store", key: "customer", cause: expect.any(SyntaxError) } },
    ]);
    expect(() => store.list()).toThrow("GROVE-LOOM-042");
    expect(() => store.get("bytes")).toThrow("GROVE-LOOM-042");
    expect(store.has("customer")).toBe(true);
  });
});

test("a table of another shape is a SQL failure", async () => {
  await inside(({ sql, store, lines }) => {
    sql.exec("CREATE TABLE kv_store (id INTEGER)");

    expect(() => store.get("a")).toThrow("GROVE-LOOM-041");
    expect(() => store.set("a", 1)).toThrow("GROVE-LOOM-041");
    expect(lines.map(({ code }) => code)).toEqual(["GROVE-LOOM-041", "GROVE-LOOM-041"]);
  });
});
