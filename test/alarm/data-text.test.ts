import fc from "fast-check";
import { expect, test } from "vitest";
import { fromDataText, toDataText } from "../../src/data/data-text.ts";
import { thrownBy } from "../storage/inside.ts";

const plain = fc.anything({
  withBigInt: true,
  withDate: true,
  withMap: true,
  withSet: true,
  withNullPrototype: false,
  withSparseArray: false,
  key: fc.oneof(fc.string(), fc.constantFrom("$date", "$record", "$", "__proto__", "1")),
});

test("plain data comes back as it was", () => {
  fc.assert(
    fc.property(plain, (value) => {
      expect(fromDataText(toDataText(value, "it"))).toStrictEqual(value);
    }),
    { numRuns: 500 },
  );
});

test("what looks like a tag is data like any other", () => {
  const value = { $date: 0, text: '{"$date":1}', inner: [{ $map: [] }, { $nothing: 1 }] };

  expect(fromDataText(toDataText(value, "it"))).toStrictEqual(value);
});

class Point {
  x = 1;
}

const ring: Record<string, unknown> = {};
ring["self"] = { ring };

test.for([
  [
    "a class instance",
    { at: [new Point()] },
    "it.at[0] is an instance of Point. Give plain data, arrays, Date, Map, Set or bigint.",
  ],
  [
    "a function",
    new Map([["f", () => 0]]),
    "it (a value) is a function, which cannot be stored. Give plain data, arrays, Date, Map, Set or bigint.",
  ],
  [
    "a symbol as a key",
    { [Symbol("s")]: 1 },
    "it has the symbol Symbol(s) as a key, which cannot be stored. Give plain data, arrays, Date, Map, Set or bigint.",
  ],
  [
    "bytes",
    { bytes: new Uint8Array(2) },
    "it.bytes is an instance of Uint8Array. Give plain data, arrays, Date, Map, Set or bigint.",
  ],
  ["a ring", ring, "it.self.ring holds itself. Give plain data, arrays, Date, Map, Set or bigint."],
  ["too much", "é".repeat(1_100_000), "it takes more than the 2 MB of one row. Keep large data in R2, or split it."],
] as const)("%s is refused where it is", ([, value, message]) => {
  expect(thrownBy(() => toDataText(value, "it")).message).toBe(`GROVE-LOOM-043: ${message}`);
});
