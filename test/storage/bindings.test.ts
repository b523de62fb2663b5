import fc from "fast-check";
import { expect, test } from "vitest";
import type { SqlBinding } from "../../src/storage.ts";
import { inside, thrownBy } from "./inside.ts";

/** What comes back for `value`, and the type SQLite keeps it under. */
function roundTrip(value: SqlBinding) {
  return inside(({ sql }) => sql.queryOne<{ v: SqlStorageValue; t: string }>("SELECT ?1 v, typeof(?1) t", value)!);
}

function refusalOf(...bindings: unknown[]) {
  const query = `SELECT ${bindings.map(() => "?").join(", ")}`;
  return inside(({ sql }) => thrownBy(() => sql.exec(query, ...(bindings as SqlBinding[]))).message);
}

test("booleans are stored as 1 and 0", async () => {
  expect((await roundTrip(true)).v).toBe(1);
  expect((await roundTrip(false)).v).toBe(0);
});

test("a Date is stored as milliseconds", async () => {
  expect((await roundTrip(new Date(1_700_000_000_123))).v).toBe(1_700_000_000_123);
});

test("a bigint that a number can hold is stored as that number", async () => {
  expect((await roundTrip(-42n)).v).toBe(-42);
});

test("a view is stored as the bytes it shows", async () => {
  const { v, t } = await roundTrip(new Uint8Array([1, 2, 3, 4]).subarray(1, 3));

  expect([...new Uint8Array(v as ArrayBuffer)]).toEqual([2, 3]);
  expect(t).toBe("blob");
});

test("infinity is stored as itself", async () => {
  expect((await roundTrip(-Infinity)).v).toBe(-Infinity);
});

test("a tagged template stores a 64-bit bigint exactly, as an integer", async () => {
  const rows = await inside(({ sql }) => {
    sql.exec("CREATE TABLE ids (id ANY) STRICT");
    sql`INSERT INTO ids VALUES (${2n ** 63n - 1n}), (${-(2n ** 63n)}), (${7n})`;
    return sql<{ id: string; t: string }>`SELECT CAST(id AS TEXT) id, typeof(id) t FROM ids ORDER BY ids.id`;
  });

  expect(rows).toEqual([
    { id: "-9223372036854775808", t: "integer" },
    { id: "7", t: "integer" },
    { id: "9223372036854775807", t: "integer" },
  ]);
});

test("a bigint compares as a number in a tagged template", async () => {
  const row = await inside(({ sql }) => sql<{ more: number }>`SELECT ${2n ** 60n} > ${5} more`[0]);

  expect(row).toEqual({ more: 1 });
});

test("the platform rounds an integer beyond 2^53 when it is read (2026-10-01)", async () => {
  const row = await inside(({ sql }) => sql.queryOne<{ v: number }>("SELECT 9007199254740993 v"));

  expect(row).toEqual({ v: 9_007_199_254_740_992 });
});

test("a bigint beyond 2^53 is refused outside a template, with the binding's number", async () => {
  expect(await refusalOf(1, 2n ** 53n)).toBe(
    "GROVE-LOOM-080: SQL binding 2 is a bigint beyond 2^53. Write sql`… ${value} …`.",
  );
});

test("a bigint beyond 64 bits is refused in a template too", async () => {
  const error = await inside(({ sql }) => thrownBy(() => sql`SELECT ${2n ** 63n}`));

  expect(error.message).toBe("GROVE-LOOM-080: SQL binding 1 is a bigint beyond 64 bits. Bind its digits as text.");
});

test("undefined is refused, never stored as NULL", async () => {
  expect(await refusalOf(undefined)).toBe("GROVE-LOOM-080: SQL binding 1 is undefined. Write null for SQL's NULL.");
});

test.for([
  [Number.NaN, "NaN. Write null for SQL's NULL."],
  [new Date(Number.NaN), "Invalid Date. Write null for SQL's NULL."],
  [{ a: 1 }, "of type object. Bind its parts, or `JSON.stringify(…)`."],
  [[1, 2], "of type object. Bind its parts, or `JSON.stringify(…)`."],
  [() => 1, "of type function. Bind its parts, or `JSON.stringify(…)`."],
  [Symbol("x"), "of type symbol. Bind its parts, or `JSON.stringify(…)`."],
  ["half \ud800", "text with half a surrogate pair. Write `text.toWellFormed()`."],
] as const)("$1 is how a binding is refused", async ([value, message]) => {
  expect(await refusalOf("fine", value)).toBe(`GROVE-LOOM-080: SQL binding 2 is ${message}`);
});

test("text and bytes over 2 MB are refused, though the local runtime takes them", async () => {
  const tooLarge = "GROVE-LOOM-043: SQL binding 1 is over 2 MB. Split it over rows.";

  expect(await refusalOf("é".repeat(1_100_000))).toBe(tooLarge);
  expect(await refusalOf(new Uint8Array(2_100_000))).toBe(tooLarge);
});

test("any value comes back as what it means", async () => {
  const texts = fc.string({ unit: "binary" });
  const numbers = fc.double({ noNaN: true }).filter((value) => !Object.is(value, -0));
  const bigints = fc.bigInt({ min: -(2n ** 53n) + 1n, max: 2n ** 53n - 1n });
  const values = fc.tuple(texts, numbers, fc.boolean(), bigints, fc.date({ noInvalidDate: true }), fc.uint8Array());

  await inside(({ sql }) =>
    fc.assert(
      fc.property(values, ([text, number, flag, bigint, date, bytes]) => {
        const bindings = [text, number, flag, bigint, date, bytes, null] as const;
        const row = sql.queryOne("SELECT ? a, ? b, ? c, ? d, ? e, ? f, ? g", ...bindings)!;

        expect({ ...row, f: new Uint8Array(row["f"] as ArrayBuffer) }).toEqual({
          ...{ a: text, b: number, c: Number(flag), d: Number(bigint), e: date.getTime() },
          ...{ f: new Uint8Array(bytes), g: null },
        });
      }),
      { numRuns: 500 },
    ),
  );
});
