import { evictDurableObject } from "cloudflare:test";
import { expect, test } from "vitest";
import type { FailingSave, Recorded, SelfSaved } from "../fixtures/state.ts";
import { objectOf } from "../support.ts";

test("markDirty alone saves state_data at the end of the turn", async () => {
  const object = objectOf<Recorded>("Recorded");
  await object.bump();
  await object.bump();

  await evictDurableObject(object);

  expect(await object.read()).toBe(2);
});

test("a record never marked is never stored", async () => {
  const object = objectOf<Recorded>("Recorded");

  expect(await object.read()).toBeNull();
});

test("loadState has run before the first event, and persistState saves what was marked", async () => {
  const object = objectOf<SelfSaved>("SelfSaved");
  await object.bump();
  await object.bump();

  await evictDurableObject(object);

  expect(await object.read()).toBe(2);
});

test("a change marked during a save is saved when that save ends", async () => {
  const object = objectOf<SelfSaved>("SelfSaved");
  await object.slow();
  await object.bump();
  await object.bump();
  await object.release();

  await evictDurableObject(object);

  expect(await object.read()).toBe(2);
});

test("a change whose save failed is saved at the end of the turn", async () => {
  const object = objectOf<FailingSave>("FailingSave");
  expect(await object.bump()).toBe("Error: no save");

  await evictDurableObject(object);

  expect(await object.read()).toBe(1);
});

test("persistIfDirty resolves when persistState has written", async () => {
  expect(await objectOf<SelfSaved>("SelfSaved").bumpAndWait()).toBe(1);
});
