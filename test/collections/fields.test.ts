import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { describe, expect, test } from "vitest";
import { Persisted } from "../../decorators/persisted.ts";
import { LoomDO } from "../../src/base.ts";
import { PersistedList, PersistedMap, PersistedSet } from "../../src/collections.ts";
import type { PersistedOptions } from "../../src/persistence/field.ts";
import { update } from "../../src/update.ts";
import type { Changing, Child, Collected } from "../fixtures/collections.ts";
import { objectOf } from "../support.ts";
import { failureOf } from "../support/failure.ts";

/** What `work` throws on an object of collections. */
function failureIn(work: (object: Collected) => unknown): Promise<unknown> {
  return failureOf(runInDurableObject(objectOf<Collected>("Collected"), work));
}

/** What the first construction of a class with one such field throws. */
function failureAt(options: PersistedOptions<any>, value = new PersistedMap<number>()): Promise<unknown> {
  class Misused extends LoomDO {
    // `any`: what types refuse is what is tested.
    @Persisted<any>(options) accessor field: unknown = value;
  }
  return failureIn(
    (object) => new Misused((object as unknown as { ctx: DurableObjectState }).ctx, {} as Cloudflare.Env),
  );
}

describe("a collection as a field", () => {
  test("is not assigned, and says what to write", async () => {
    expect(await failureIn((object) => (object.map = new PersistedMap()))).toMatchObject({
      code: "GROVE-LOOM-080",
      message: expect.stringContaining("`this.map.clear()`"),
    });
  });

  test("may be #private, and keys that begin as each other's are kept apart", async () => {
    const stub = objectOf<Collected>("Collected");
    await runInDurableObject(stub, ({ map, ma, quoted, hidden }) => {
      map.set("a", "map").set(':m:"a', "map");
      ma.set("p:a", "ma");
      quoted.set("a", "quoted");
      hidden.set("a", 1);
    });
    await evictDurableObject(stub);

    const seen = await runInDurableObject(stub, ({ map, ma, quoted, hidden }) => [
      ...[[...map], [...ma], [...quoted], [...hidden]],
    ]);

    expect(seen).toEqual([
      [
        [':m:"a', "map"],
        ["a", "map"],
      ],
      [["p:a", "ma"]],
      [["a", "quoted"]],
      [["a", 1]],
    ]);
  });

  test("of a subclass takes the place of the parent's; a #private one is a field of its own", async () => {
    const stub = objectOf<Child>("Child");
    await runInDurableObject(stub, (object) => {
      object.kept.set("a", 1);
      object.again.set("b", 2);
      object.ofParent.set("c", "parent");
      object.ofChild.set("c", "child");
    });
    await evictDurableObject(stub);

    const seen = await runInDurableObject(stub, ({ kept, again, ofParent, ofChild }) => [
      ...[[...kept], [...again], [...ofParent], [...ofChild]],
    ]);

    expect(seen).toEqual([[["a", 1]], [["b", 2]], [["c", "parent"]], [["c", "child"]]]);
  });

  test("shares no option of plain values", async () => {
    expect([
      await failureAt({ expose: true }),
      await failureAt({ version: 2 }),
      await failureAt({ migrate: () => 1 }),
      await failureAt({ group: "hot" }),
      await failureAt({ key: "k".repeat(101) }),
    ]).toMatchObject([
      { message: expect.stringContaining("Remove `expose`") },
      { message: expect.stringContaining("no `version` or `migrate`") },
      { message: expect.stringContaining("no `version` or `migrate`") },
      { message: expect.stringContaining("Remove `group`") },
      { message: expect.stringContaining("over 100 letters") },
    ]);
  });

  test("belongs to one field of one object", async () => {
    const shared = new PersistedMap<number>();
    await failureAt({}, shared);

    expect(await failureAt({}, shared)).toMatchObject({ message: expect.stringContaining("Write `new` for each.") });
  });

  test.each([
    ["a map", () => new PersistedMap().get("a")],
    ["a set", () => new PersistedSet().has("a")],
    ["a list", () => new PersistedList().length],
  ])("%s without a field says where it belongs", (_, use) => {
    expect(use).toThrow(/GROVE-LOOM-080: A Persisted\w+ is kept by a field only. Write `@Persisted accessor name/);
  });

  test("is no value: not of another field, not of an entry, not of a copy", async () => {
    const asEntry = await failureIn(({ map, set }) => map.set("a", { set }));
    const asCopy = await failureIn((object) => update(object, "map", () => {}));

    expect([asEntry, asCopy]).toMatchObject([
      { code: "GROVE-LOOM-043", message: expect.stringContaining('map["a"].set is an instance of PersistedSet') },
      { message: expect.stringContaining("collection") },
    ]);
  });
});

describe("a collection on the way out", () => {
  test.each(["/map", "/inside"])("is no answer to a request for %s", async (path) => {
    const response = await objectOf<Collected>("Collected").fetch(`https://object.test${path}`);

    expect([response.status, await response.json()]).toMatchObject([500, { error_code: "GROVE-LOOM-023" }]);
  });

  test("does not cross RPC, neither read nor returned", async () => {
    const stub = objectOf<Collected>("Collected");

    expect([await failureOf(stub.map as never), await failureOf(stub.giveMap() as never)]).toEqual([
      expect.objectContaining({ message: expect.stringContaining('does not implement the method "map"') }),
      expect.objectContaining({ message: expect.stringContaining("PersistedMap") }),
    ]);
  });
});

describe("what is stored for another kind of field", () => {
  test("is refused by a collection in a plain value's place, and by one of another kind", async () => {
    const stub = objectOf<Changing>("Changing");
    await runInDurableObject(stub, (object) => {
      object.plain = "stored";
      object.map.set("a", 1);
    });

    const failures = await runInDurableObject(stub, async ({ later }) => [
      await failureOf((async () => later.map.size)()),
      await failureOf((async () => later.set.has("a"))()),
    ]);

    expect(failures).toMatchObject([
      { code: "GROVE-LOOM-002", message: expect.stringContaining("was a plain value when it was stored") },
      { code: "GROVE-LOOM-002", message: expect.stringContaining("was a PersistedMap when it was stored") },
    ]);
  });

  test("is not overgrown by a plain value in a collection's place", async () => {
    const stub = objectOf<Changing>("Changing");
    await runInDurableObject(stub, ({ map }) => map.set("a", 1));

    const failure = await runInDurableObject(stub, ({ later }) => failureOf((async () => (later.plain.plain = 1))()));
    await evictDurableObject(stub);

    expect(failure).toMatchObject({ code: "GROVE-LOOM-002", message: expect.stringContaining("was a collection") });
    expect(await runInDurableObject(stub, ({ map }) => [...map])).toEqual([["a", 1]]);
  });
});
