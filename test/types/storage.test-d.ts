import { expectTypeOf, test } from "vitest";
import { Keyset, type KeysetPage, safeJsonParse } from "../../src/storage.ts";
import type { JsonStore, SqlHelper, SqlRow } from "../../src/storage.ts";

interface Task {
  readonly id: number;
  readonly title: string;
}

declare const sql: SqlHelper;
declare const store: JsonStore;

test("rows have the type that the caller names, else SQLite's", () => {
  expectTypeOf(sql.queryOne<Task>("SELECT 1")).toEqualTypeOf<Task | null>();
  expectTypeOf(sql.queryAll<Task>("SELECT 1")).toEqualTypeOf<Task[]>();
  expectTypeOf(sql<Task>`SELECT ${1}`).toEqualTypeOf<Task[]>();
  expectTypeOf(sql`SELECT 1`).toEqualTypeOf<SqlRow[]>();
  expectTypeOf(sql.exec("SELECT 1").rowsWritten).toEqualTypeOf<number>();
});

test("bindings are what SQLite can hold", () => {
  sql`SELECT ${"a"}, ${1}, ${1n}, ${true}, ${new Date()}, ${new Uint8Array()}, ${new ArrayBuffer(1)}, ${null}`;
  // @ts-expect-error undefined would be stored as NULL
  sql`SELECT ${undefined}`;
  // @ts-expect-error an object is no value
  sql.exec("SELECT ?", { a: 1 });
});

test("a transaction has its function's result, and no async function", () => {
  expectTypeOf(sql.transaction(() => 1)).toEqualTypeOf<number>();
  expectTypeOf(sql.transaction(() => {})).toEqualTypeOf<void>();
  expectTypeOf(sql.transaction(() => JSON.parse("1"))).toBeAny();
  expectTypeOf(
    sql.transaction(() => {
      throw new Error("never returns");
    }),
  ).toBeNever();
  // @ts-expect-error TransactionMustBeSynchronous
  sql.transaction(async () => 1);
  // @ts-expect-error TransactionMustBeSynchronous
  sql.transaction(() => Promise.resolve());
});

test("a stored value may be missing", () => {
  expectTypeOf(store.get("a")).toBeUnknown();
  expectTypeOf(store.get<Task>("a")).toEqualTypeOf<Task | undefined>();
  expectTypeOf(store.get<Task>(["a"])).toEqualTypeOf<Map<string, Task>>();
  expectTypeOf(store.list<Task>({ prefix: "a" })).toEqualTypeOf<Map<string, Task>>();
  expectTypeOf(store.delete("a")).toEqualTypeOf<boolean>();
  expectTypeOf(store.delete(["a"])).toEqualTypeOf<number>();
});

test("safeJsonParse has the fallback's type", () => {
  expectTypeOf(safeJsonParse("1", 0)).toEqualTypeOf<number>();
  expectTypeOf(safeJsonParse<Task | null>(undefined, null)).toEqualTypeOf<Task | null>();
});

test("a keyset's columns are its rows', and its pages have them", () => {
  const page = new Keyset<Task>(["title", "id"]).page(20, "cursor");
  expectTypeOf(page.of([])).toEqualTypeOf<KeysetPage<Task>>();
  expectTypeOf(page.of([]).nextCursor).toEqualTypeOf<string | undefined>();
  // @ts-expect-error a task has no such column
  new Keyset<Task>(["name"]);
});
