import { expect, test } from "vitest";
import { isMalformed, parsePath, pathOf, queryOf, shapeOf } from "../../src/http/path.ts";

const shape = (path: string) => shapeOf(parsePath(path, "test"));

test("pathOf and queryOf take a URL apart where the platform would", () => {
  expect(pathOf("https://do/a/b?c=/d?e#f/g?h")).toBe("/a/b");
  expect(queryOf("https://do/a/b?c=/d?e#f/g?h")).toBe("c=/d?e");
  expect(pathOf("https://do/a#b?c")).toBe("/a");
  expect(queryOf("https://do/a#b?c")).toBe("");
  expect(pathOf("https://do:8080/")).toBe("/");
});

test("two paths that match the same requests have one shape", () => {
  expect(shape("/a/:id/*")).toBe(shape("/a/:name/*rest"));
  expect(shape("/caf%C3%A9")).toBe(shape("/café"));
});

test("paths that match different requests have different shapes", () => {
  expect(shape("/a/:id")).not.toBe(shape("/a/*id"));
  expect(shape("/a/b")).not.toBe(shape("/a%2Fb"));
  expect(shape("/param:")).not.toBe(shape("/:x"));
  expect(shape("/a")).not.toBe(shape("/a/"));
});

test("an escape is malformed when it cannot be decoded", () => {
  expect(["/%", "/%1", "/%zz", "/%ff", "/%E2/%82%AC"].map(isMalformed)).toEqual([true, true, true, true, true]);
  expect(["/", "/%25", "/%E2%82%AC", "/%2F"].map(isMalformed)).toEqual([false, false, false, false]);
});
