import { expect, test } from "vitest";
import { objectOf } from "../support.ts";

/** Whose answer it was, and the middleware it passed, innermost first. */
async function ask(className: string, path: string) {
  const response = await objectOf(className).fetch(`https://do${path}`);
  const body = response.status === 200 ? (await response.json<string[]>())[0] : response.status;
  return [body, response.headers.get("x-trail")];
}

test("a subclass keeps its parent's routes, an abstract parent's too", async () => {
  expect(await ask("RouteParent", "/abstract")).toEqual(["parent", "parent base"]);
  expect(await ask("RouteChild", "/abstract")).toEqual(["child", "child parent base"]);
});

test("an undecorated override answers the parent's route", async () => {
  expect(await ask("RouteChild", "/own")).toEqual(["child", "child parent base"]);
  expect(await ask("RouteParent", "/own")).toEqual(["parent", "parent base"]);
});

test("a redecorated member answers where the subclass says and nowhere else", async () => {
  expect(await ask("RouteChild", "/new-place")).toEqual(["child", "child-member parent-member child parent base"]);
  expect(await ask("RouteChild", "/moved")).toEqual([404, "child parent base"]);
  expect(await ask("RouteChild", "/moved-too")).toEqual([404, "child parent base"]);
  expect(await ask("RouteParent", "/moved")).toEqual(["parent", "parent-member parent base"]);
});

test("a path declared again in a subclass is the subclass's", async () => {
  expect(await ask("RouteChild", "/path/1")).toEqual(["child", "child parent base"]);
  expect(await ask("RouteParent", "/path/1")).toEqual(["parent", "parent base"]);
});

test("private members of one name are two members", async () => {
  expect(await ask("RouteChild", "/private-parent")).toEqual(["parent", "private-parent child parent base"]);
  expect(await ask("RouteChild", "/private-child")).toEqual(["child", "private-child child parent base"]);
});

test("siblings do not see each other's routes or middleware", async () => {
  expect(await ask("RouteSibling", "/sibling")).toEqual(["sibling", "parent base"]);
  expect(await ask("RouteSibling", "/new-place")).toEqual([404, "parent base"]);
  expect(await ask("RouteChild", "/sibling")).toEqual([404, "child parent base"]);
  expect(await ask("RouteParent", "/sibling")).toEqual([404, "parent base"]);
});

test("an undecorated subclass has all of its parent's", async () => {
  expect(await ask("RouteUndecorated", "/new-place")).toEqual([
    "child",
    "child-member parent-member child parent base",
  ]);
  expect(await ask("RouteUndecorated", "/abstract")).toEqual(["undecorated", "child parent base"]);
});

test("routes() of a subclass joins what the class and its parents declare", async () => {
  expect(await ask("RouteUndecorated", "/given")).toEqual(["given", "child parent base"]);
  expect(await ask("RouteUndecorated", "/path/1")).toEqual(["child", "child parent base"]);
});
