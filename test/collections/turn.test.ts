import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { afterEach, expect, test, vi } from "vitest";
import type { Collected, Filling } from "../fixtures/collections.ts";
import { objectOf } from "../support.ts";
import { failureOf } from "../support/failure.ts";
import { capture } from "../support/log.ts";

afterEach(() => vi.restoreAllMocks());

const rowsIn = (stub: DurableObjectStub<Filling>) =>
  runInDurableObject(stub, (_, { storage }) => [...storage.kv.list()].length);

test("what is changed in the constructor's body is saved", async () => {
  const stub = objectOf<Filling>("Filling");

  expect(await rowsIn(stub)).toBe(300);
});

test("an object with a field that cannot be read writes no entries either, early or late", async () => {
  const stub = objectOf<Filling>("Filling");
  await runInDurableObject(stub, (_, { storage }) => {
    for (const [key] of [...storage.kv.list()]) storage.kv.delete(key);
    const notes = { versions: new Map([["field", 9]]), apart: new Set(), groups: new Set() };
    storage.kv.put("loom:fields", { field: 41, "": notes });
  });
  capture();
  await evictDurableObject(stub);

  expect(await rowsIn(stub)).toBe(1);
});

test("what a range read has written early is of the turn: a reset of the object takes it back", async () => {
  const name = "reset while its map was changed";
  await rowsIn(objectOf<Filling>("Filling", name));

  const failure = await failureOf(objectOf<Filling>("Filling", name).end());

  expect(failure).toMatchObject({ message: expect.stringContaining("on purpose") });
  expect(await objectOf<Filling>("Filling", name).keys("lost")).toEqual([]);
});

test("fields and entries changed in one turn roll back together; what the turn changed before stays", async () => {
  const stub = objectOf<Collected>("Collected");
  await runInDurableObject(stub, (object) => {
    object.count = 1;
    object.map.set("a", 1);
    object.list.push("a");
    const undone = () => {
      object.count = 2;
      object.map.set("a", 2).set("b", 2);
      object.list.unshift("b");
      throw new Error("undone");
    };
    expect(() => object.transact(undone)).toThrow("undone");
    object.list.push("c");
  });
  await evictDurableObject(stub);

  const seen = await runInDurableObject(stub, ({ count, map, list }) => [count, [...map], [...list]]);

  expect(seen).toEqual([1, [["a", 1]], ["a", "c"]]);
});

test("a collection that is first used in a transaction forgets what it read there", async () => {
  const stub = objectOf<Collected>("Collected");

  const seen = await runInDurableObject(stub, (object) => {
    const undone = () => {
      object.list.push("a", "b");
      object.map.set("a", 1);
      throw new Error(String(object.map.size));
    };
    expect(() => object.transact(undone)).toThrow("1");
    return [object.list.length, object.map.size, object.map.get("a"), [...object.list]];
  });

  expect(seen).toEqual([0, 0, undefined, []]);
});
