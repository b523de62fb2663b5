import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { describe, expect, test, vi } from "vitest";
import type { Anything, Eager, Evolved, Layout, Trio } from "../fixtures/state.ts";
import { objectOf } from "../support.ts";
import { failureOf } from "../support/failure.ts";

const profile = { name: "Ada", tags: ["maths"], born: new Date("1815-12-10") };

describe("what a field costs", () => {
  test("an object that stored nothing has no table and wrote no row, on every wake", async () => {
    const object = objectOf<Trio>("Trio");
    expect([await object.rowsWritten(), await object.tables()]).toEqual([0, []]);

    await evictDurableObject(object);

    expect([await object.rowsWritten(), await object.tables()]).toEqual([0, []]);
  });

  test("three fields changed in one turn are one row", async () => {
    const object = objectOf<Trio>("Trio");
    const before = await object.rowsWritten();

    await object.setAll(3, profile, new Map([["a", new Date(1)]]));

    expect((await object.rowsWritten()) - before).toBe(1);
  });

  test("an equal value costs nothing, however it was built", async () => {
    const object = objectOf<Trio>("Trio");
    await object.setAll(3, profile, new Map([["a", new Date(1)]]));
    const before = await object.rowsWritten();

    await object.setAll(3, structuredClone(profile), new Map([["a", new Date(1)]]));

    expect((await object.rowsWritten()) - before).toBe(0);
  });

  test("a field over 8 kB has its own row and leaves the small ones alone", async () => {
    const object = objectOf<Layout>("Layout");
    await object.write({ small: 1, large: "x".repeat(9_000) });
    const before = await object.rowsWritten();

    await object.write({ large: "y".repeat(9_000) });
    await object.write({ small: 2 });

    expect((await object.rowsWritten()) - before).toBe(2);
  });

  test("a group's first row has the unnamed one written too, which knows every group", async () => {
    const object = objectOf<Layout>("Layout");
    await object.write({ small: 1 });
    const before = await object.rowsWritten();

    await object.write({ hits: 1 });
    await object.write({ hits: 2 });

    expect((await object.rowsWritten()) - before).toBe(3);
  });

  test("a group's fields share one row of their own", async () => {
    const object = objectOf<Layout>("Layout");
    await object.write({ small: 1, hits: 1 });
    const before = await object.rowsWritten();

    await object.write({ hits: 2, misses: 3 });

    expect((await object.rowsWritten()) - before).toBe(1);
  });
});

describe("what a field keeps", () => {
  test("every field is back after eviction, before the constructor's body runs", async () => {
    const object = objectOf<Trio>("Trio");
    const seen = new Map([["a", new Date(1)]]);
    await object.setAll(7, profile, seen);

    await evictDurableObject(object);

    expect(await object.all()).toEqual({ count: 7, profile, seen, sawCount: 7 });
  });

  test.each([
    ["undefined", undefined],
    ["a bigint", 2n ** 70n],
    ["NaN", NaN],
    ["a Date", new Date(12)],
    ["a Map of Sets", new Map([[{ a: 1 }, new Set([1, "two"])]])],
    ["a typed array", new Uint8Array([1, 2, 3])],
    ["a buffer", new Uint8Array([1, 2, 3]).buffer],
    ["a record with __proto__", JSON.parse('{"__proto__": {"polluted": true}}')],
    ["a large text", "ß".repeat(500_000)],
  ])("%s comes back the same", async (_kind, value) => {
    const object = objectOf<Anything>("Anything");
    await object.set(value);

    await evictDurableObject(object);

    expect(await object.get()).toEqual(value);
  });

  test("a large value that became small again is back after eviction", async () => {
    const object = objectOf<Layout>("Layout");
    await object.write({ large: "x".repeat(20_000) });
    await object.write({ large: "small" });

    await evictDurableObject(object);

    expect(await object.read()).toMatchObject({ large: "small" });
  });

  test("a handler that throws keeps what it had set", async () => {
    const object = objectOf<Trio>("Trio");
    await expect(failureOf(object.incrementThenThrow())).resolves.toMatchObject({ message: "after the change" });

    await evictDurableObject(object);

    expect(await object.all()).toMatchObject({ count: 1 });
  });

  test("a transaction that rolls back takes the fields set inside with it, and costs nothing", async () => {
    const object = objectOf<Trio>("Trio");
    await object.increment();
    const before = await object.rowsWritten();

    await expect(failureOf(object.rollBack())).resolves.toMatchObject({ message: "rolled back" });

    expect(await object.all()).toMatchObject({ count: 1, profile: { name: "nobody" } });
    expect((await object.rowsWritten()) - before).toBe(0);
  });

  test.each(["new", "stored before"])(
    "a change after a rolled back one of the same turn is saved: %s",
    async (kind) => {
      const object = objectOf<Trio>("Trio");
      if (kind === "stored before") await object.increment();

      await object.rollBackThenSet(7);
      await evictDurableObject(object);

      expect(await object.all()).toMatchObject({ count: 7, profile: { name: "nobody" } });
    },
  );

  test("an object whose only changes were rolled back stores nothing, and stores later ones", async () => {
    const object = objectOf<Trio>("Trio");
    await failureOf(object.rollBack());
    expect(await object.rowsWritten()).toBe(0);

    await object.increment();
    await evictDurableObject(object);

    expect(await object.all()).toMatchObject({ count: 1 });
  });

  test("update changes a copy and assigns it", async () => {
    const object = objectOf<Trio>("Trio");
    await object.addTag("a");
    await object.addTag("b");

    await evictDurableObject(object);

    expect(await object.all()).toMatchObject({ profile: { tags: ["a", "b"] } });
  });
});

describe("what a field refuses", () => {
  test.each([
    ["a class instance", "@Persisted value.extra is an instance of URL"],
    ["a function", "@Persisted value.extra.inner is a function"],
    ["a typed array inside", "@Persisted value.extra[0] is a typed array inside another value"],
    ["a buffer inside", "@Persisted value.extra.bytes is a buffer inside another value"],
    ["a list with names", "@Persisted value.extra is a list with names beside its indices"],
    ["a list of another class", "@Persisted value.extra is an instance of Stack"],
    ["more than 2 MB", "over the 2 MB of one row"],
    ["a symbol key", "Symbol(s), which cannot be stored"],
    ["601 levels", "@Persisted value is more than 500 levels deep"],
  ] as const)("%s is an error at the assignment, and nothing is stored", async (kind, message) => {
    const object = objectOf<Anything>("Anything");
    const before = await object.rowsWritten();

    await expect(failureOf(object.assign(kind))).resolves.toMatchObject({
      code: "GROVE-LOOM-043",
      message: expect.stringContaining(message),
    });

    expect([await object.get(), (await object.rowsWritten()) - before]).toEqual([null, 0]);
  });

  test.each(["push", "property", "map", "set", "date", "own variable"] as const)(
    "a change in place throws: %s",
    async (change) => {
      await expect(failureOf(objectOf<Anything>("Anything").mutate(change))).resolves.toMatchObject({
        name: "TypeError",
      });
    },
  );

  test("a buffer is copied in and out, so no change in place is half kept", async () => {
    expect(await objectOf<Anything>("Anything").changeBuffer()).toEqual(new Uint8Array([1, 2]));
  });
});

describe("what changes with the class", () => {
  const versions = (key: string, version: number) => ({
    versions: new Map([[key, version]]),
    apart: new Set(),
    groups: new Set(),
  });

  test("an older version is migrated, from the version it was stored with", async () => {
    const object = objectOf<Evolved>("Evolved");
    await object.seed("loom:fields", { shape: "old" });

    await evictDurableObject(object);

    expect(await object.all()).toMatchObject({ shape: { list: ["old", 1] } });
  });

  test("keys that the class does not know stay in the row", async () => {
    const object = objectOf<Evolved>("Evolved");
    await object.seed("loom:fields", { retired: "kept" });
    await evictDurableObject(object);

    await object.set("new", 0);

    expect(await object.dump("loom:fields")).toMatchObject({ retired: "kept", shape: "new" });
  });

  test("a field whose group changed is found in its old group and leaves it with its next change", async () => {
    const object = objectOf<Evolved>("Evolved");
    await object.seed("loom:fields", { moved: 5 });
    await evictDurableObject(object);
    expect(await object.all()).toMatchObject({ moved: 5 });

    await object.set("x", 6);

    expect(await object.dump("loom:fields")).toEqual({ shape: "x", "": expect.anything() });
    await evictDurableObject(object);
    expect(await object.all()).toMatchObject({ moved: 6 });
  });

  test.each([
    ["a newer version", { shape: 1, "": versions("shape", 3) }],
    ["a value that does not fit its schema", { checked: -1 }],
  ])("%s refuses every event with 002 and stays as it is", async (_kind, row) => {
    const object = objectOf<Evolved>("Evolved");
    await object.seed("loom:fields", row);
    await evictDurableObject(object);

    await expect(failureOf(object.set("lost", 1))).resolves.toMatchObject({ code: "GROVE-LOOM-002" });
    const response = await object.fetch("https://object/");

    expect([response.status, await response.json()]).toMatchObject([500, { error_code: "GROVE-LOOM-002" }]);
  });

  test("what cannot be read is not overwritten by the constructor or a start step", async () => {
    const object = objectOf<Eager>("Eager");
    const row = { n: 41, "": versions("n", 9) };
    await object.seed("loom:fields", row);
    await evictDurableObject(object);

    expect((await object.fetch("https://object/")).status).toBe(500);

    await runInDurableObject(object, (_, { storage }) => expect(storage.kv.get("loom:fields")).toEqual(row));
  });

  test("the log says what to write instead of a change in place", async () => {
    const log = vi.spyOn(console, "error").mockImplementation(() => {});
    const response = await objectOf<Eager>("Eager").fetch("https://object/in-place", { method: "PUT" });

    expect(response.status).toBe(500);
    expect(log.mock.calls.flat().join()).toContain('Write `update(this, \\"field\\", (draft) => …)`');
    log.mockRestore();
  });

  test("an assignment that does not fit the schema throws and changes nothing", async () => {
    const object = objectOf<Evolved>("Evolved");
    await expect(failureOf(object.setChecked(-1))).resolves.toMatchObject({ code: "GROVE-LOOM-043" });

    expect(await object.all()).toMatchObject({ checked: 1 });
  });
});
