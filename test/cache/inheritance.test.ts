import { expect, test } from "vitest";
import { objectOf } from "../support.ts";
import type { CacheOverride, CacheRedecorated, CacheSibling, CacheUndecorated } from "../fixtures/cache.ts";

test("an undecorated subclass of an abstract base keeps its cache", async () => {
  const object = objectOf<CacheUndecorated>("CacheUndecorated");
  await object.open();

  expect([await object.config(), await object.config()]).toEqual(Array(2).fill({ name: "base", run: 1 }));
});

test("an undecorated override stays cached, may call super, and clear forgets both", async () => {
  const object = objectOf<CacheOverride>("CacheOverride");
  await object.open();

  const before = [await object.config(), await object.config()];
  await object.clearConfig();

  expect(before).toEqual(Array(2).fill({ name: "over base", run: 1 }));
  expect(await object.config()).toEqual({ name: "over base", run: 2 });
});

test("an override may be declared anew, with a time to live of its own", async () => {
  const object = objectOf<CacheRedecorated>("CacheRedecorated");
  await object.open();

  expect([await object.config(), await object.config()].map(({ run }) => run)).toEqual([1, 2]);
});

test("what one child caches is not cached in its siblings", async () => {
  const [cached, plain] = [objectOf<CacheSibling>("CacheSibling"), objectOf<CacheUndecorated>("CacheUndecorated")];
  await Promise.all([cached.open(), plain.open()]);
  const twice = async (object: typeof cached | typeof plain) => [await object.plain(), await object.plain()];

  expect((await twice(cached)).map(({ run }) => run)).toEqual([1, 1]);
  expect((await twice(plain)).map(({ run }) => run)).toEqual([1, 2]);
});
