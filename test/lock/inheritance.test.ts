import { expect, test } from "vitest";
import { objectOf } from "../support.ts";
import { failureOf } from "../support/failure.ts";
import type {
  LockOverride,
  LockOverrideChild,
  LockRedecorated,
  LockSibling,
  LockStacked,
  LockStackedOverride,
  LockUndecorated,
} from "../fixtures/lock.ts";

test("an undecorated subclass of an abstract base keeps its locks", async () => {
  const object = objectOf<LockUndecorated>("LockUndecorated");

  const results = [object.refresh(), object.refresh(), object.save("a"), object.save("b")];
  const startedAtOnce = await object.whatStarted();
  await object.open();

  expect(startedAtOnce).toEqual(["base", "base:a"]);
  expect(await Promise.all(results)).toEqual(["base 1", "base 1", "base:a 2", "base:b 3"]);
});

test("an undecorated override stays locked, and may call super", async () => {
  const object = objectOf<LockOverride>("LockOverride");

  const results = [object.refresh(), object.refresh(), object.save("a"), object.save("b")];
  const startedAtOnce = await object.whatStarted();
  await object.open();

  expect(startedAtOnce).toEqual(["base", "base:a"]);
  expect(await Promise.all(results)).toEqual(["over base 1", "over base 1", "over base:a 2", "over base:b 3"]);
});

test("an override of an override stays locked, and may call super", async () => {
  const object = objectOf<LockOverrideChild>("LockOverrideChild");

  const results = [object.refresh(), object.refresh()];
  await object.open();

  expect(await Promise.all(results)).toEqual(["child over base 1", "child over base 1"]);
});

test("an override may be declared anew, in another mode", async () => {
  const object = objectOf<LockRedecorated>("LockRedecorated");

  const results = [object.refresh(), object.refresh(), object.save("a")];
  const refused = await failureOf(object.save("b"));
  await object.open();

  expect(await Promise.all(results)).toEqual(["again base 1", "again base 1", "again base:a 2"]);
  expect(refused).toMatchObject({ code: "GROVE-LOOM-029" });
});

test("what one child locks stays unlocked in its siblings", async () => {
  const [locked, plain] = [objectOf<LockSibling>("LockSibling"), objectOf<LockUndecorated>("LockUndecorated")];

  const results = [locked.plain(), locked.plain(), plain.plain(), plain.plain()];
  await Promise.all([locked.open(), plain.open()]);

  expect(await Promise.all(results)).toEqual(["plain 1", "plain 1", "plain 1", "plain 2"]);
});

test("@Locked and @Cached stack in either order", async () => {
  const object = objectOf<LockStacked>("LockStacked");
  const call = () => [object.lockedCached(), object.lockedCached(), object.cachedLocked(), object.cachedLocked()];

  const first = call();
  await object.open();

  const expected = ["lockedCached 1", "lockedCached 1", "cachedLocked 2", "cachedLocked 2"].map((ran) => ({ ran }));
  expect(await Promise.all(first)).toEqual(expected);
  expect(await Promise.all(call())).toEqual(expected);
});

test("a cached queue runs once for each set of arguments, one at a time", async () => {
  const object = objectOf<LockStacked>("LockStacked");

  const results = [object.perArgument("a"), object.perArgument("b"), object.perArgument("a")];
  const startedAtOnce = await object.whatStarted();
  await object.open();

  expect(startedAtOnce).toEqual(["a"]);
  expect(await Promise.all(results)).toEqual([{ ran: "a 1" }, { ran: "b 2" }, { ran: "a 1" }]);
});

test("an undecorated override of a stacked method stays locked and cached", async () => {
  const object = objectOf<LockStackedOverride>("LockStackedOverride");

  const results = [object.lockedCached(), object.lockedCached(), object.cachedLocked(), object.cachedLocked()];
  await object.open();
  const expected = [{ ran: "override 1" }, { ran: "override 1" }, { ran: "override 2" }, { ran: "override 2" }];

  expect(await Promise.all(results)).toEqual(expected);
  expect(await object.lockedCached()).toEqual({ ran: "override 1" });
});
