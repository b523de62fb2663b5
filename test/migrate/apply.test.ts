import { expect, test } from "vitest";
import { LoomError } from "../../src/errors.ts";
import { applyMigrations, applySchema } from "../../src/migrate.ts";
import type { PlainStorage } from "../fixtures/storage.ts";
import { inside, thrownBy } from "../storage/inside.ts";

const tablesOf = ({ sql }: PlainStorage) =>
  sql
    .queryAll<{ name: string }>("SELECT name FROM sqlite_master ORDER BY name")
    .map(({ name }) => name)
    .filter((name) => !name.startsWith("_cf"));

function steps(object: PlainStorage, ...versions: number[]) {
  return versions.map((version) => ({ version, run: () => void object.sql.exec(`CREATE TABLE t${version} (a)`) }));
}

test("steps run in the order of their numbers, each once", async () => {
  await inside((object) => {
    applyMigrations(object.storage, steps(object, 10, 2));
    applyMigrations(object.storage, steps(object, 10, 2, 11));

    expect(tablesOf(object)).toEqual(["t10", "t11", "t2"]);
    expect(object.storage.kv.get("loom:migration")).toBe(11);
  });
});

test("nothing is written when every step has run", async () => {
  await inside((object) => {
    applyMigrations(object.storage, steps(object, 1));
    const before = object.storage.sql.databaseSize;

    expect(object.rowsWritten(() => applyMigrations(object.storage, steps(object, 1)))).toBe(0);
    expect(object.storage.sql.databaseSize).toBe(before);
  });
});

test("a step that fails is taken back whole, those before it stay, and it runs again", async () => {
  await inside((object) => {
    const failing = {
      version: 2,
      run: () => void object.sql.exec("CREATE TABLE half (a); INSERT INTO nowhere VALUES (1)"),
    };

    const error = thrownBy(() => applyMigrations(object.storage, [...steps(object, 1, 3), failing]));

    expect(error).toBeInstanceOf(LoomError);
    expect(error.message).toBe("GROVE-LOOM-001: @Migration(2) failed and was taken back: the log has the reason.");
    expect(error.cause).toMatchObject({ code: "GROVE-LOOM-041" });
    expect(object.lines[0]!.data["statement"]).toContain("INSERT INTO nowhere");
    expect(tablesOf(object)).toEqual(["t1"]);

    applyMigrations(object.storage, steps(object, 1, 2, 3));
    expect(tablesOf(object)).toEqual(["t1", "t2", "t3"]);
  });
});

test("a step that returns a promise is refused and taken back", async () => {
  await inside((object) => {
    const late = { version: 1, run: () => (object.sql.exec("CREATE TABLE late (a)"), Promise.resolve()) as never };

    const error = thrownBy(() => applyMigrations(object.storage, [late]));

    expect((error.cause as Error).message).toBe("GROVE-LOOM-080: a step ends when it returns. Remove `async`.");
    expect(tablesOf(object)).toEqual([]);
  });
});

test("a database newer than the class is refused and left alone", async () => {
  await inside((object) => {
    applyMigrations(object.storage, steps(object, 1, 2));

    const error = thrownBy(() => applyMigrations(object.storage, steps(object, 1)));

    expect(error.message).toBe(
      "GROVE-LOOM-001: the database has seen @Migration(2), the class ends with @Migration(1). Deploy the newer class.",
    );
    expect(object.storage.kv.get("loom:migration")).toBe(2);
  });
});

test("a schema runs when its text changed, not otherwise", async () => {
  await inside((object) => {
    const { storage } = object;
    applySchema(storage, "CREATE TABLE a (x)");
    applySchema(storage, "CREATE TABLE a (x)");
    expect(tablesOf(object)).toEqual(["a"]);

    applySchema(storage, "CREATE TABLE IF NOT EXISTS a (x); CREATE TABLE b (x)");
    expect(tablesOf(object)).toEqual(["a", "b"]);
  });
});

test("no schema and an empty one store nothing", async () => {
  await inside((object) => {
    applySchema(object.storage, null);
    applySchema(object.storage, " ");

    expect([...object.storage.kv.list()]).toEqual([]);
  });
});

test("a schema that fails half way is taken back whole and runs again", async () => {
  await inside((object) => {
    const error = thrownBy(() => applySchema(object.storage, "CREATE TABLE a (x); CREATE TABLE a (x)"));

    expect(error.message).toBe("GROVE-LOOM-001: schema() failed and was taken back: the log has the reason.");
    expect((error.cause as Error).message).toContain("table a already exists");
    expect(tablesOf(object)).toEqual([]);

    applySchema(object.storage, "CREATE TABLE a (x)");
    expect(tablesOf(object)).toEqual(["a"]);
  });
});
