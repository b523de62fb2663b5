import fc from "fast-check";
import { expect, test } from "vitest";
import { keyOfArguments } from "../../src/cache/argument-key.ts";

const key = (...args: unknown[]) => keyOfArguments(args, "@Cached config");

test("arguments that are told apart by the eye are told apart", () => {
  const different = [
    ...[undefined, null, true, false, 0, -0, 1, NaN, Infinity, 1n, "", "1", "1n", "null", "undefined", "NaN"],
    ...[[], [1], [[1]], [1, 2], "1,2", ["1,2"], {}, { a: 1 }, { a: "1" }, { a: undefined }, { "a:1": 1 }],
    ...[new Date(1), new Date(NaN), new Set(), new Set([1]), new Map(), new Map([[1, 2]]), new Map([["1", 2]])],
    ...[{ ["__proto__"]: 1 }, "Date(1)", "Set{1}", [null], [undefined, null]],
  ];

  const keys = new Set(different.map((arg) => key(arg, "last")));

  expect(keys.size).toBe(different.length);
});

test("the order of keys, of a Map and of a Set is ignored", () => {
  expect(key({ a: 1, b: { c: 2, d: 3 } })).toBe(key({ b: { d: 3, c: 2 }, a: 1 }));
  expect(key(new Map([[{ a: 1, b: 2 }, 1]]))).toBe(key(new Map([[{ b: 2, a: 1 }, 1]])));
  expect(
    key(
      new Map([
        ["a", 1],
        ["b", 2],
      ]),
    ),
  ).toBe(
    key(
      new Map([
        ["b", 2],
        ["a", 1],
      ]),
    ),
  );
  expect(key(new Set([1, 2]))).toBe(key(new Set([2, 1])));
  expect(key(Object.assign(Object.create(null), { a: 1 }))).toBe(key({ a: 1 }));
});

test("trailing arguments that are missing count as undefined", () => {
  expect(key()).toBe(key(undefined, undefined));
  expect(key(1)).toBe(key(1, undefined));
  expect(key(undefined, 1)).not.toBe(key(1));
});

test("the same object twice is no cycle", () => {
  const shared = { a: 1 };

  expect(key([shared, shared])).toBe(key([{ a: 1 }, { a: 1 }]));
});

test("what cannot be compared is refused, and the error says what it is", () => {
  class Point {}
  const cycle: unknown[] = [];
  cycle.push(cycle);
  const deep = Array.from({ length: 10_000 }).reduce<unknown>((inner) => [inner], 0);
  const refused = (arg: unknown) => () => key(1, arg);

  expect(refused(() => 1)).toThrow(
    "@Cached config: argument 2 is or holds a function. Take plain data, and look the rest up inside the method.",
  );
  expect(refused([Symbol("s")])).toThrow("argument 2 is or holds a symbol");
  expect(refused({ [Symbol("s")]: 1 })).toThrow("argument 2 is or holds a symbol");
  expect(refused({ at: new Point() })).toThrow("argument 2 is or holds an object of class Point");
  expect(refused(new Uint8Array(1))).toThrow("an object of class Uint8Array");
  expect(refused(Object.create(Object.create(null)))).toThrow("an object of class undefined");
  expect(refused(cycle)).toThrow("argument 2 is or holds a cycle");
  expect(refused(deep)).toThrow("argument 2 is or holds more than 64 levels");
});

test("copies have equal keys", () => {
  const value = fc.anything({
    withBigInt: true,
    withDate: true,
    withMap: true,
    withSet: true,
    withNullPrototype: true,
  });

  fc.assert(
    fc.property(value, (one) => {
      expect(key(structuredClone(one))).toBe(key(one));
    }),
    { numRuns: 2_000 },
  );
});

/** The slow, obvious comparison: sets, maps and records are equal when each entry has an equal one on the other side. */
function areEqual(one: unknown, other: unknown): boolean {
  if (typeof one !== "object" || typeof other !== "object" || one === null || other === null)
    return Object.is(one, other);
  const [left, right] = [entriesOf(one), entriesOf(other)];
  const holds = (entries: unknown[], entry: unknown) => entries.some((candidate) => areEqual(candidate, entry));
  if (one.constructor !== other.constructor || left.length !== right.length) return false;
  if (Array.isArray(one)) return left.every((item, index) => areEqual(item, right[index]));
  return left.every((entry) => holds(right, entry)) && right.every((entry) => holds(left, entry));
}

function entriesOf(value: object): unknown[] {
  return value instanceof Map || value instanceof Set || Array.isArray(value) ? [...value] : Object.entries(value);
}

test("keys are equal exactly when values are", () => {
  const values = [fc.constantFrom(0, -0, 1, "", "a", undefined, null, NaN)];
  const plan = { key: fc.constantFrom("a", "b"), values, maxKeys: 2, maxDepth: 2, withMap: true, withSet: true };
  const value = fc.anything(plan);

  fc.assert(
    fc.property(value, value, (one, other) => {
      expect(key(one) === key(other)).toBe(areEqual(one, other));
    }),
    { numRuns: 20_000 },
  );
});
