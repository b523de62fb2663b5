import { runInNewContext } from "node:vm";
import { expect, test } from "vitest";
import { moved } from "../../../src/testing/storage/realm.ts";

test.for([
  ["plain data", "({ a: [1, { b: null }] })"],
  ["a Map and a Set", "new Map([[1, new Set([{ a: 1n }])]])"],
  ["a Date", "new Date(5)"],
  ["a RegExp", "/a+/gi"],
  ["an Error", "new RangeError('wide')"],
  ["a property called __proto__", 'JSON.parse(\'{ "__proto__": { "a": 1 } }\')'],
] as const)("%s of another realm becomes one of this", ([, code]) => {
  const found = moved(runInNewContext(code)) as object;
  // oxlint-disable-next-line no-eval -- the same in this realm
  const here = (0, eval)(code) as object;

  expect(found).toStrictEqual(here);
  expect(Object.getPrototypeOf(found)).toBe(Object.getPrototypeOf(here));
});

test("what is found twice is one thing, and a circle is one", () => {
  const found = moved(runInNewContext("const a = { list: [] }; a.list.push(a, a); a")) as { list: unknown[] };

  expect(found.list[0]).toBe(found);
  expect(found.list[1]).toBe(found);
});
