import { evictDurableObject } from "cloudflare:test";
import { expect, test, vi } from "vitest";
import type { Checked, CheckedChild, Plain, Redeclared, Sibling } from "../fixtures/blueprint.ts";
import type { Relocked } from "../fixtures/keeping.ts";
import { objectOf } from "../support.ts";
import { failureOf } from "../support/failure.ts";

test("an undecorated subclass of an abstract base has its fields and its checked methods", async () => {
  const object = objectOf<Plain>("Plain");
  await object.rename("Ada");
  await evictDurableObject(object);

  expect(await object.names()).toEqual(["Ada"]);
  expect(await failureOf(object.rename(""))).toMatchObject({ code: "GROVE-LOOM-024", status: 400 });
});

test("a subclass that redeclares a field has its own initial value and storage key", async () => {
  const object = objectOf<Redeclared>("Redeclared");
  expect(await object.names()).toEqual(["child"]);
  await object.rename("Ada");

  await evictDurableObject(object);

  expect([await object.names(), await object.keys()]).toEqual([["Ada!"], ["title"]]);
});

test("an override of a method with checked arguments is checked too", async () => {
  expect(await failureOf(objectOf<Redeclared>("Redeclared").rename(7 as never))).toMatchObject({
    code: "GROVE-LOOM-024",
  });
});

test("what a sibling declares is not in another class", async () => {
  const sibling = objectOf<Sibling>("Sibling");
  await sibling.setOther("x");
  const plain = objectOf<Plain>("Plain");
  await plain.rename("Ada");

  expect([await sibling.keys(), await plain.keys()]).toEqual([["other"], ["name"]]);
});

test("arguments arrive as their schemas made them", async () => {
  expect(await objectOf<Checked>("Checked").add("3" as never, { tag: "x" })).toEqual({ count: 3, tag: "x" });
});

test.each([
  ["a wrong type", (object: DurableObjectStub<Checked>) => object.add("three" as never), "[0]"],
  ["a wrong type below", (object: DurableObjectStub<Checked>) => object.add(1, { tag: 1 as never }), "[1.tag]"],
  [
    "too many",
    (object: DurableObjectStub<Checked>) => (object.add as Function)(1, undefined, 2),
    "Expected 2 arguments, got 3",
  ],
  ["one an asynchronous schema refuses", (object: DurableObjectStub<Checked>) => object.later("no"), "[0]"],
])("arguments are refused with 024 and a text that says where: %s", async (_kind, call, text) => {
  expect(await failureOf(call(objectOf<Checked>("Checked")))).toMatchObject({
    code: "GROVE-LOOM-024",
    status: 400,
    message: expect.stringContaining(text),
  });
});

test("@Rpc keeps a method callable that @Route would hide", async () => {
  const object = objectOf<Checked>("Checked");

  expect(await object.both()).toBe("both");
  expect(await (await object.fetch("https://object/both", { method: "POST" })).json()).toBe("both");
});

test("logs show the name of @Loom; a subclass without one shows its own", async () => {
  const log = vi.spyOn(console, "log").mockImplementation(() => {});
  await objectOf<Checked>("Checked").logName();
  await objectOf<CheckedChild>("CheckedChild").logName();

  expect(log.mock.calls.map(([line]) => JSON.parse(String(line)).do)).toEqual(["checked-name", "CheckedChild"]);
  log.mockRestore();
});

test("an override under another lock keeps the check of its arguments, and replaces the lock", async () => {
  const object = objectOf<Relocked>("Relocked");

  expect(await failureOf(object.pay(""))).toMatchObject({ code: "GROVE-LOOM-024" });
  expect(await object.pay("a")).toBe("again a");
});
