import { expect, test } from "vitest";
import { inside, thrownBy } from "./inside.ts";

const olderTable = "CREATE TABLE kv_store (key TEXT PRIMARY KEY, value TEXT NOT NULL, updated_at INTEGER NOT NULL)";

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
    sql.exec(`${olderTable}; INSERT INTO kv_store VALUES ('old', '{"n":1}', 5), ('both', '1', 5)`);

    store.set("both", 2);

    expect([...store.list()]).toEqual([
      ["both", 2],
      ["old", { n: 1 }],
    ]);
    expect(
      sql.queryOne<{ updated_at: number }>("SELECT updated_at FROM kv_store WHERE key = 'both'")!.updated_at,
    ).toBeGreaterThan(5);
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
    `GROVE-LOOM-080: JsonStore: ${JSON.stringify(table)} cannot name a table. Write letters, digits and underscores.`,
  );
});

test("a stored text that is not JSON is refused, with its key in the log only", async () => {
  await inside(({ sql, store, lines }) => {
    sql.exec(`${olderTable}; INSERT INTO kv_store VALUES ('customer', '{"n":', 5), ('bytes', x'FF', 5)`);

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
