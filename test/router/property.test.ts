import fc from "fast-check";
import { expect, test } from "vitest";
import { parsePath, shapeOf } from "../../src/http/path.ts";
import { Router } from "../../src/http/router.ts";
import { findSlowly } from "./reference.ts";

// Few words, so that routes overlap and paths often match.
const word = fc.constantFrom(
  "a",
  "b",
  "c",
  "",
  "a%20b",
  "%2F",
  "é",
  "%C3%A9",
  "__proto__",
  "constructor",
  "x.y",
  "100%25",
);
const name = fc.constantFrom(":p", ":q", ":__proto__", ":constructor", ":id");
const rest = fc.constantFrom("*", "*rest", "*__proto__");

const route = fc
  .tuple(
    fc.array(fc.oneof({ weight: 3, arbitrary: word }, { weight: 2, arbitrary: name }), { maxLength: 4 }),
    fc.option(rest),
  )
  .map(([segments, wildcard]) => [...segments, ...(wildcard === null ? [] : [wildcard])])
  .filter((segments) => segments.length > 0 && hasDistinctNames(segments))
  .map((segments) => `/${segments.join("/")}`);

const routeSet = fc.uniqueArray(route, {
  minLength: 1,
  maxLength: 12,
  selector: (path) => shapeOf(parsePath(path, "test")),
});
const path = fc.array(fc.oneof(word, fc.constantFrom("d", "%61", "b%2Fc")), { minLength: 1, maxLength: 6 });

test("the router agrees with a slow, obvious one on 25,000 route sets and paths", () => {
  const property = fc.property(routeSet, path, (routes, segments) => {
    const given = `/${segments.join("/")}`;
    const router = new Router<string>();
    for (const each of routes) router.add("GET", parsePath(each, "test"), each);

    const found = router.find("GET", given);
    const expected = findSlowly(routes, given);

    expect(found && { route: found.value, params: Object.entries(found.params) }).toEqual(
      expected && { route: expected.route, params: Object.entries(expected.params) },
    );
  });
  fc.assert(property, { numRuns: 25_000 });
}, 60_000);

function hasDistinctNames(segments: readonly string[]): boolean {
  const names = segments.filter((segment) => /^[:*]/.test(segment)).map((segment) => segment.slice(1));
  return new Set(names).size === names.length;
}
