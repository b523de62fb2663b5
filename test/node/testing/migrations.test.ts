import { createMockD1 } from "loom-do/testing";
import { expect, test } from "vitest";

const migrations = "examples/grove/migrations";
const schema = "CREATE TABLE t (id INTEGER PRIMARY KEY);\nCREATE TABLE log (t); -- what happened\n";

test("migrations are a directory or the SQL itself", async () => {
  const tables = "SELECT count(*) AS n FROM sqlite_schema WHERE name IN ('tenants', 'posts', 't', 'log')";

  const counts = await Promise.all(
    [migrations, schema].map((each) => createMockD1({ migrations: each }).prepare(tables).first("n")),
  );

  expect(counts).toEqual([2, 2]);
});

test("migrations may have triggers in them", async () => {
  const trigger = "CREATE TRIGGER keep AFTER INSERT ON t BEGIN INSERT INTO log VALUES (new.id); SELECT 1; END;";
  const db = createMockD1({ migrations: `${schema}${trigger}\nINSERT INTO t VALUES (7);` });

  expect(await db.prepare("SELECT t FROM log").first("t")).toBe(7);
});

test("a directory that is not there is named", () => {
  expect(() => createMockD1({ migrations: "nowhere/migrations" })).toThrow(
    'there is no directory "nowhere/migrations"',
  );
});

test("a migration that fails is named by its file", () => {
  expect(() => createMockD1({ migrations: "test/node/testing/migrations" })).toThrow(
    "createMockD1: 0002_broken.sql: no such table: nowhere: SQLITE_ERROR",
  );
});

test("a batch whose deferred foreign keys do not hold keeps nothing", async () => {
  const db = createMockD1({ migrations: `${schema}CREATE TABLE u (t INTEGER REFERENCES t(id));` });
  const defer = db.prepare("PRAGMA defer_foreign_keys = on");

  const written = db.batch([defer, db.prepare("INSERT INTO u VALUES (9)")]);

  await expect(written).rejects.toThrow("D1_ERROR: FOREIGN KEY constraint failed");
  expect(await db.prepare("SELECT count(*) AS n FROM u").first("n")).toBe(0);
});
