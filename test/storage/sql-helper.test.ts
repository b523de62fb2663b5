import { expect, test } from "vitest";
import { LoomError } from "../../src/errors.ts";
import { SqlHelper } from "../../src/storage.ts";
import { inside, thrownBy } from "./inside.ts";

interface Task {
  id: number;
  title: string;
}

const tasks = "CREATE TABLE tasks (id INTEGER PRIMARY KEY, title TEXT)";

test("queryOne returns null when there is no row", async () => {
  const found = await inside(({ sql }) => {
    sql.exec(tasks);
    return sql.queryOne<Task>("SELECT * FROM tasks WHERE id = ?", 1);
  });

  expect(found).toBeNull();
});

test("queryOne returns the first of several rows", async () => {
  const found = await inside(({ sql }) => {
    sql.exec(`${tasks}; INSERT INTO tasks VALUES (1, 'write'), (2, 'read')`);
    return sql.queryOne<Task>("SELECT * FROM tasks ORDER BY id");
  });

  expect(found).toEqual({ id: 1, title: "write" });
});

test("a table can be dropped after queryOne found several rows in it", async () => {
  await inside(({ sql }) => {
    sql.exec(`${tasks}; INSERT INTO tasks VALUES (1, 'write'), (2, 'read')`);

    sql.queryOne("SELECT * FROM tasks");

    expect(() => sql.exec("DROP TABLE tasks")).not.toThrow();
  });
});

test("queryAll returns every row", async () => {
  const found = await inside(({ sql }) => {
    sql.exec(`${tasks}; INSERT INTO tasks VALUES (1, 'write'), (2, 'read')`);
    return sql.queryAll<Task>("SELECT * FROM tasks WHERE id < ? ORDER BY id", 9);
  });

  expect(found).toEqual([
    { id: 1, title: "write" },
    { id: 2, title: "read" },
  ]);
});

test("exec says what it read, wrote and returned", async () => {
  const result = await inside(({ sql }) => {
    sql.exec(tasks);
    return sql.exec<Task>("INSERT INTO tasks (title) VALUES (?), (?) RETURNING *", "write", "read");
  });

  expect(result.rowsWritten).toBe(2);
  expect(result.rows.map(({ title }) => title)).toEqual(["write", "read"]);
});

test("exec runs several statements, the last with the bindings", async () => {
  const found = await inside(({ sql }) => {
    sql.exec(`${tasks}; INSERT INTO tasks VALUES (1, ?)`, "write");
    return sql.queryOne<Task>("SELECT * FROM tasks");
  });

  expect(found).toEqual({ id: 1, title: "write" });
});

test("a tagged template binds its values and returns rows", async () => {
  const found = await inside(({ sql }) => {
    sql.exec(tasks);
    sql`INSERT INTO tasks VALUES (${1}, ${"it's; DROP TABLE tasks"})`;
    return sql<Task>`SELECT * FROM tasks WHERE title = ${"it's; DROP TABLE tasks"}`;
  });

  expect(found).toEqual([{ id: 1, title: "it's; DROP TABLE tasks" }]);
});

test("a helper can be called and is an instance of its class", async () => {
  await inside(({ sql }) => {
    expect(sql).toBeInstanceOf(SqlHelper);
    expect(typeof sql).toBe("function");
  });
});

test("a statement that fails is a LoomError without its text or its values", async () => {
  const [error, cause] = await inside(({ sql }) => {
    const thrown = thrownBy(() => sql.queryOne("SELECT * FROM secrets WHERE pin = ?", "1234"));
    return [thrown, (thrown.cause as Error).message] as const;
  });

  expect(error).toBeInstanceOf(LoomError);
  expect(error.message).toBe("GROVE-LOOM-041: A SQL statement failed: the log has it.");
  expect(cause).toBe("no such table: secrets: SQLITE_ERROR");
});

test("the log has the statement that failed and the platform's reason", async () => {
  const lines = await inside(({ sql, lines: logged }) => {
    thrownBy(() => sql`SELECT * FROM secrets WHERE pin = ${"1234"}`);
    return logged;
  });

  expect(lines).toEqual([
    { code: "GROVE-LOOM-041", data: { statement: "SELECT * FROM secrets WHERE pin = ?", cause: expect.any(Error) } },
  ]);
});

test("too few bindings are a LoomError with the platform's reason", async () => {
  const cause = await inside(({ sql }) => thrownBy(() => sql.exec("SELECT ?, ?", 1)).cause as Error);

  expect(cause.message).toBe("Wrong number of parameter bindings for SQL query.");
});
