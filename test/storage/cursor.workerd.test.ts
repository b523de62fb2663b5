import { expect, test } from "vitest";
import { inside } from "./inside.ts";

test("a cursor of the platform that is left half read locks its table (2026-10-01)", async () => {
  await inside(({ sql, storage }) => {
    sql.exec(
      `CREATE TABLE tasks (id INTEGER PRIMARY KEY, title TEXT); INSERT INTO tasks VALUES (1, 'write'), (2, 'read')`,
    );

    const cursor = storage.sql.exec("SELECT * FROM tasks");
    cursor.next();

    expect(() => storage.sql.exec("DROP TABLE tasks")).toThrow("database table is locked");
  });
});
