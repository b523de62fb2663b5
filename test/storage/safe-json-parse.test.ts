import { expect, test } from "vitest";
import { safeJsonParse } from "../../src/storage.ts";

test("JSON text is parsed", () => {
  expect(safeJsonParse('{"a":[1]}', {})).toEqual({ a: [1] });
  expect(safeJsonParse("null", "fallback")).toBeNull();
});

test.for([null, undefined, "", "{", "undefined"])("%s gives the fallback", (raw) => {
  expect(safeJsonParse(raw, "fallback")).toBe("fallback");
});
