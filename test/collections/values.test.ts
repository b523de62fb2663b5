import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { describe, expect, test } from "vitest";
import type { CheckedDrafts, Collected } from "../fixtures/collections.ts";
import { objectOf } from "../support.ts";
import { failureOf } from "../support/failure.ts";

type Work = (object: Collected) => unknown;

function inside<Result>(work: (object: Collected) => Result | Promise<Result>): Promise<Result> {
  return runInDurableObject(objectOf<Collected>("Collected"), work);
}

describe("a value of a collection", () => {
  test.each<[string, unknown]>([
    ["dates, maps, sets and bigints", { at: new Date(1), seen: new Map([["a", new Set([1n])]]) }],
    ["null", null],
    ["minus zero", -0],
    ["what is not a number", Number.NaN],
    ["undefined inside another value", { a: undefined }],
    ["bytes", new Uint8Array([1, 2, 3])],
    ["text of every kind", "a\0😀\ud800"],
  ])("keeps %s across an eviction", async (_, value) => {
    const stub = objectOf<Collected>("Collected");
    await runInDurableObject(stub, ({ map }) => map.set("a", value));
    await evictDurableObject(stub);

    expect(await runInDurableObject(stub, ({ map }) => [map.get("a"), ...map.values()])).toEqual([value, value]);
  });

  test("is frozen all the way down, when it was set and when it was read", async () => {
    const stub = objectOf<Collected>("Collected");
    const change: Work = ({ map }) => map.get("a").tags.push("x");
    await runInDurableObject(stub, ({ map }) => map.set("a", { tags: ["a"] }));
    const whenSet = await failureOf(runInDurableObject(stub, change));
    await evictDurableObject(stub);
    const whenRead = await failureOf(runInDurableObject(stub, change));
    await evictDurableObject(stub);
    const whenWalked = await failureOf(runInDurableObject(stub, ({ map }) => [...map.values()][0].tags.push("x")));

    for (const failure of [whenSet, whenRead, whenWalked]) expect(failure).toBeInstanceOf(TypeError);
  });

  test("is the same object each time while it is in memory, where a walk alone leaves nothing", async () => {
    const stub = objectOf<Collected>("Collected");
    await runInDurableObject(stub, ({ map }) => map.set("a", { tags: [] }));
    await evictDurableObject(stub);

    const seen = await runInDurableObject(stub, ({ map }) => {
      const [walked] = map.values();
      const read = map.get("a");
      return [read === walked, map.get("a") === read, [...map.values()][0] === read];
    });

    expect(seen).toEqual([false, true, true]);
  });

  test("leaves memory when many others were used since", async () => {
    const seen = await inside(async ({ map }) => {
      const value = { tags: [] };
      map.set("a", value);
      await Promise.resolve();
      for (let at = 0; at < 3000; at++) map.get(`missing-${at}`);
      return [map.get("a") === value, map.get("a")];
    });

    expect(seen).toEqual([false, { tags: [] }]);
  });

  test("leaves memory although it was read again, once others came that were read again as well", async () => {
    const kept = await inside(async ({ map }) => {
      const values: unknown[] = [];
      for (let at = 0; at < 4000; at++) {
        map.set(String(at), (values[at] = { at }));
        await Promise.resolve();
        if (at % 500 === 0) for (let before = 0; before < at; before++) values[before] = map.get(String(before));
      }
      return values.filter((value, at) => map.get(String(at)) === value).length;
    });

    expect(kept).toBeLessThan(2500);
  });

  test("that is bytes is handed out as a copy", async () => {
    const seen = await inside(({ map }) => {
      map.set("a", new Uint8Array([1]));
      map.get("a")[0] = 2;
      for (const bytes of map.values()) bytes[0] = 3;
      return map.get("a");
    });

    expect(seen).toEqual(new Uint8Array([1]));
  });

  test.each<[string, Work, string]>([
    ["undefined", ({ map }) => map.set("a", undefined), '@Persisted map["a"] is undefined. Delete the entry'],
    ["a function", ({ map }) => map.set("a", { f() {} }), '@Persisted map["a"].f is a function'],
    ["over 2 MB", ({ map }) => map.set("a", "x".repeat(3e6)), '@Persisted map["a"] takes 3000008 bytes'],
    ["undefined", ({ list }) => list.push("a", undefined as never), "@Persisted list (an item) is undefined."],
  ])("%s is refused and changes nothing", async (_, work, message) => {
    const seen = await inside(async (object) => [
      await failureOf((async () => work(object))()),
      [...object.map, ...object.list],
    ]);

    expect(seen).toMatchObject([{ code: "GROVE-LOOM-043", message: expect.stringContaining(message) }, []]);
  });

  test("is changed through a copy by update, which says whether it was there", async () => {
    const seen = await inside(({ map }) => {
      const first = { tags: ["a"] };
      map.set("a", first);
      const was = map.update("a", (draft) => {
        draft.tags.push("b");
      });
      return [was, map.update("x", () => 1), [...map], first];
    });

    expect(seen).toEqual([true, false, [["a", { tags: ["a", "b"] }]], { tags: ["a"] }]);
  });
});

describe("a key of a collection", () => {
  // What a client can send is its mistake, what it cannot is the class's.
  test.each<[string, unknown, { code: string; status: number; text: string }]>([
    ["half a surrogate pair", "a\ud800", { code: "GROVE-LOOM-043", status: 400, text: "half a surrogate pair" }],
    ["a number", 1, { code: "GROVE-LOOM-080", status: 500, text: "of type number" }],
    [
      "too long",
      "é".repeat(1100),
      { code: "GROVE-LOOM-043", status: 400, text: "takes 2200 bytes, over the 2027 it may" },
    ],
  ])("that is %s is refused, and found nowhere", async (_, key, { text, ...expected }) => {
    const failure = await inside(({ map }) => map.set(key as string, 1)).catch((error: unknown) => error);
    const found = await inside(({ map, set }) => [
      map.get(key as string),
      set.has(key as string),
      map.delete(key as string),
    ]);
    const inRange = await failureOf(inside(({ map }) => map.entries({ prefix: 1 as never })));

    expect(failure).toMatchObject({ ...expected, message: expect.stringContaining(text) });
    expect(found).toEqual([undefined, false, false]);
    expect(inRange).toMatchObject({ message: expect.stringContaining("`prefix` is of type number") });
  });

  test("may take what a row's key has room for", async () => {
    const key = "k".repeat(2027);

    expect(await inside(({ map }) => [...map.set(key, 1)])).toEqual([[key, 1]]);
  });

  test("of a range is checked before the first step", async () => {
    const failures = await Promise.all([
      failureOf(inside(({ map }) => map.keys({ limit: -1 }))),
      failureOf(inside(({ set }) => set.pages({ start: "\udc00" }))),
      failureOf(inside(({ map }) => map.clear({ end: "\udc00" }))),
    ]);

    for (const failure of failures) expect(failure).toMatchObject({ code: "GROVE-LOOM-080" });
  });
});

describe("a schema", () => {
  const drafts = (work: (object: CheckedDrafts) => unknown, stub = objectOf<CheckedDrafts>("CheckedDrafts")) =>
    failureOf(runInDurableObject(stub, work));

  test("makes each entry, and refuses what does not fit", async () => {
    const made = await drafts(({ drafts: map }) => [...map.set("a", { title: "Spring" } as never).values()]);
    const refused = await drafts(({ drafts: map }) => map.set("a", { title: 1 } as never));

    expect(made).toEqual({ succeededWith: [{ title: "Spring", tags: [] }] });
    expect(refused).toMatchObject({
      code: "GROVE-LOOM-043",
      message: expect.stringContaining('drafts["a"] does not fit'),
    });
  });

  test("makes what an older class stored, or says which entry does not fit; that one can be deleted", async () => {
    const stub = objectOf<CheckedDrafts>("CheckedDrafts");
    await runInDurableObject(stub, (_, { storage }) => {
      storage.kv.put('loom:entries:"drafts":m:old', { title: "Old" });
      storage.kv.put('loom:entries:"drafts":m:bad', { title: 1 });
    });

    const old = await drafts(({ drafts: map }) => map.get("old"), stub);
    const bad = await drafts(({ drafts: map }) => map.get("bad"), stub);
    const left = await drafts(({ drafts: map }) => [map.has("bad"), map.delete("bad"), [...map.keys()]], stub);

    expect(old).toEqual({ succeededWith: { title: "Old", tags: [] } });
    expect(bad).toMatchObject({ code: "GROVE-LOOM-002", message: expect.stringContaining('"bad"') });
    expect(left).toEqual({ succeededWith: [true, true, ["old"]] });
  });
});
