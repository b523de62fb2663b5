import { evictDurableObject } from "cloudflare:test";
import { afterEach, expect, test, vi } from "vitest";
import { capture } from "../support/log.ts";
import { objectOf } from "../support.ts";
import { failureOf } from "../support/failure.ts";
import { script } from "../fixtures/migrate.ts";
import type { Migrated, MigratedChild, MigratedSibling, Scripted } from "../fixtures/migrate.ts";

afterEach(() => {
  vi.restoreAllMocks();
});

test("an object's steps have run before its first event", async () => {
  expect(await objectOf<Migrated>("Migrated").columns()).toEqual(["id", "text", "done"]);
});

test("a subclass runs its parent's steps, its overrides of them and its own", async () => {
  expect(await objectOf<MigratedChild>("MigratedChild").columns()).toEqual(["id", "text", "done", "done_at", "tag"]);
  expect(await objectOf<MigratedSibling>("MigratedSibling").columns()).toEqual(["id", "text", "done"]);
});

test("steps do not run again on the next wake, start methods do", async () => {
  const object = objectOf<Migrated>("Migrated");
  expect(await object.wakes()).toBe(1);

  await evictDurableObject(object);

  expect(await object.wakes()).toBe(2);
  expect(await object.columns()).toEqual(["id", "text", "done"]);
});

test("start methods run in turn, a promise awaited, the parent's first", async () => {
  expect(await objectOf<MigratedChild>("MigratedChild").started()).toEqual(["parent", "waited", "child"]);
});

test("an object's schema runs again when its class was deployed with another text", async () => {
  const object = objectOf<Scripted>("Scripted");
  script.text = "CREATE TABLE a (x)";
  expect(await object.tables()).toEqual(["a"]);

  await evictDurableObject(object);
  expect(await object.tables()).toEqual(["a"]);

  script.text = "CREATE TABLE IF NOT EXISTS a (x); CREATE TABLE b (x)";
  await evictDurableObject(object);
  expect(await object.tables()).toEqual(["a", "b"]);
});

test("a schema that SQLite refuses is in the log with SQLite's reason, and no caller sees it", async () => {
  const log = capture();
  script.text = "CREATE TABLE broken (";

  const error = await failureOf(objectOf<Scripted>("Scripted").tables());

  expect((error as Error).message).not.toContain("incomplete input");
  expect(error).toMatchObject({ code: "GROVE-LOOM-001" });
  expect(JSON.stringify(log.lines)).toContain("incomplete input");
});
