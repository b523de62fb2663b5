import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { describe, expect, test } from "vitest";
import type { Cleared, Derived, Drifting, Kept, Nesting, Refusing, ThrowingSave } from "../fixtures/keeping.ts";
import { objectOf } from "../support.ts";
import { failureOf } from "../support/failure.ts";

describe("a value of an older version", () => {
  test("is not taken for today's value because it looks the same", async () => {
    const object = objectOf<Kept>("Kept");
    await object.seed("loom:fields", { doubled: 5 });
    await evictDurableObject(object);
    expect(await object.look()).toMatchObject({ doubled: 10 });

    await object.change({ doubled: 5 });
    await evictDurableObject(object);

    expect(await object.look()).toMatchObject({ doubled: 5 });
  });

  test("is migrated once, also when `migrate` changes it in place and another field is saved", async () => {
    const object = objectOf<Kept>("Kept");
    await object.seed("loom:fields", { list: { runs: 0 } });
    await evictDurableObject(object);
    await object.change({ other: 1 });

    await evictDurableObject(object);

    expect(await object.look()).toMatchObject({ runs: 1, other: 1 });
  });
});

describe("what a field takes for the same", () => {
  test("a hole is not what fills it", async () => {
    expect(await objectOf<Kept>("Kept").fillHole()).toEqual([5, 1]);
  });

  test("minus zero is kept apart from zero", async () => {
    const object = objectOf<Kept>("Kept");
    await object.change({ other: 1 });
    await object.change({ other: 0 });
    await object.change({ other: -0 });

    await evictDurableObject(object);

    expect((await object.look()).other).toBe(-0);
  });
});

describe("what cannot be frozen", () => {
  test.each(["map", "set", "date"] as const)("a %s frozen by Object.freeze is refused", async (kind) => {
    expect(await failureOf(objectOf<Kept>("Kept").assignFrozen(kind))).toMatchObject({
      code: "GROVE-LOOM-043",
      message: expect.stringMatching(/@Persisted value holds a (Map|Set|Date) frozen by Object.freeze/),
    });
  });

  test("a part of a buffer is kept without the rest of it", async () => {
    const object = objectOf<Kept>("Kept");
    await object.assignView();
    await evictDurableObject(object);

    expect(await object.get()).toEqual(new TextEncoder().encode("another").subarray(0, 2));
    expect(await object.storedBytes()).toBe(2);
  });

  test.each([new Float64Array([1, 2, 3]).subarray(1), new DataView(new ArrayBuffer(4), 1, 2)])(
    "a part keeps its kind: %s",
    async (view) => {
      const object = objectOf<Kept>("Kept");
      await object.change({ value: view });
      const kept = (await object.get()) as typeof view;

      expect([kept.constructor, kept.byteLength]).toEqual([view.constructor, view.byteLength]);
    },
  );
});

describe("a schema that changes what it is given", () => {
  test("is fine when it accepts what it made", async () => {
    const object = objectOf<Kept>("Kept");
    await object.change({ text: " a " });
    await evictDurableObject(object);

    expect(await object.look()).toMatchObject({ text: "a" });
  });

  test("is refused at the assignment when it would change it again", async () => {
    expect(await failureOf(objectOf<Drifting>("Drifting").set(1))).toMatchObject({
      code: "GROVE-LOOM-043",
      message: expect.stringContaining("@Persisted count: its schema changes again what it made"),
    });
  });

  test("is refused for the initial value when it would not take it back", async () => {
    expect(String(await failureOf(objectOf<Refusing>("Refusing").read()))).toContain(
      "@Persisted length does not fit its schema",
    );
  });
});

test("after deleteAll, what had a row of its own is the initial value at the next wake", async () => {
  const object = objectOf<Kept>("Kept");
  await object.change({ large: "x".repeat(10_000) });
  await object.deleteEverything();
  await object.change({ other: 1 });

  await evictDurableObject(object);

  expect(await object.look()).toMatchObject({ large: "initial", other: 1 });
});

describe("the record", () => {
  test("set to null is null, at once and after eviction", async () => {
    const object = objectOf<Cleared>("Cleared");
    await object.set(1);
    expect(await object.clear()).toBeNull();

    await evictDurableObject(object);

    expect(await object.read()).toBeNull();
  });

  test("resets the object when the save that follows a save throws", async () => {
    expect(String(await failureOf(objectOf<ThrowingSave>("ThrowingSave").bumpDuringSave()))).toContain(
      "GROVE-LOOM-040",
    );
  });

  test("is not saved by an object that cannot read its fields", async () => {
    const object = objectOf<Derived>("Derived");
    await object.seed();
    await evictDurableObject(object);

    expect((await object.fetch("https://object/")).status).toBe(500);

    await runInDurableObject(object, (_, { storage }) => expect(storage.kv.get("loom:state_data")).toEqual({ n: 41 }));
  });
});

test("a value that grows deeper with every assignment is refused there, not at the next wake", async () => {
  const object = objectOf<Nesting>("Nesting");
  await object.push(400);
  expect(await failureOf(object.push(200))).toMatchObject({ message: expect.stringContaining("500 levels deep") });

  await evictDurableObject(object);

  expect(await object.push(0)).toBe(0);
});
