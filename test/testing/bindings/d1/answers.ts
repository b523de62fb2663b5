import type { Case } from "../cases.ts";

const fails = (sql: string, message: string, ...values: unknown[]): Case<D1Database> => [
  `fails at ${sql}`,
  (db) =>
    db
      .prepare(sql)
      .bind(...values)
      .run(),
  `Error: D1_ERROR: ${message}`,
];

// A table with two rows, for a question about it.
const withRows = async (db: D1Database) => {
  await db.exec("CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT UNIQUE)");
  await db.prepare("INSERT INTO t (name) VALUES (?), (?)").bind("a", "b").run();
  return db;
};

const asked = (title: string, run: (db: D1Database) => unknown, expected: unknown): Case<D1Database> => [
  title,
  async (db) => run(await withRows(db)),
  expected,
];

const counted = async (title: string, db: D1Database, sql: string) => {
  const { meta } = await db.prepare(sql).run();
  return { title, changes: meta.changes, last: meta.last_row_id, changed: meta.changed_db };
};

const all = "SELECT * FROM t ORDER BY id";

const insert = "INSERT INTO t (name) VALUES (?)";

export const answers: readonly Case<D1Database>[] = [
  fails("SELEC 1", 'near "SELEC": syntax error: SQLITE_ERROR'),
  fails("SELECT * FROM none", "no such table: none: SQLITE_ERROR"),
  fails("SELECT ?", "Wrong number of parameter bindings for SQL query."),
  fails("SELECT 1", "Wrong number of parameter bindings for SQL query.", 1),
  fails("", "No SQL statements detected."),
  fails("   ", "No SQL statements detected."),
  fails("-- nothing", "SQL code did not contain a statement."),
  fails("PRAGMA journal_mode", "not authorized: SQLITE_AUTH"),
  [
    "says the cause of a failure",
    (db) =>
      db
        .prepare("SELECT * FROM none")
        .run()
        .catch((error: Error) => String(error.cause)),
    "Error: no such table: none: SQLITE_ERROR",
  ],
  asked("answers rows with all", async (db) => (await db.prepare(all).all()).results, [
    { id: 1, name: "a" },
    { id: 2, name: "b" },
  ]),
  asked("answers rows with run", async (db) => (await db.prepare(all).run()).results, [
    { id: 1, name: "a" },
    { id: 2, name: "b" },
  ]),
  asked("says success", async (db) => (await db.prepare(all).all()).success, true),
  asked("answers rows with raw", (db) => db.prepare(all).raw(), [
    [1, "a"],
    [2, "b"],
  ]),
  asked("answers columns with raw", (db) => db.prepare(all).raw({ columnNames: true }), [
    ["id", "name"],
    [1, "a"],
    [2, "b"],
  ]),
  asked("answers columns of no rows", (db) => db.prepare("SELECT id FROM t WHERE id = 9").raw({ columnNames: true }), [
    ["id"],
  ]),
  asked(
    "answers two columns of one name once in objects",
    (db) => db.prepare("SELECT id AS a, name AS a FROM t").first(),
    { a: "a" },
  ),
  asked(
    "answers two columns of one name twice with raw",
    (db) => db.prepare("SELECT id AS a, name AS a FROM t").raw(),
    [
      [1, "a"],
      [2, "b"],
    ],
  ),
  asked("answers the first row", (db) => db.prepare(all).first(), { id: 1, name: "a" }),
  asked("answers one column of the first row", (db) => db.prepare(all).first("name"), "a"),
  asked("answers null for no row", (db) => db.prepare("SELECT * FROM t WHERE id = 9").first(), null),
  asked("answers null for a column of no row", (db) => db.prepare("SELECT * FROM t WHERE id = 9").first("none"), null),
  asked("answers null for a column that is", (db) => db.prepare("SELECT NULL AS a").first("a"), null),
  asked(
    "refuses a column that is not there",
    (db) => db.prepare(all).first("none"),
    "Error: D1_COLUMN_NOTFOUND: Column not found (none)",
  ),
  asked(
    "counts what it changes",
    async (db) => [
      await counted("insert", db, "INSERT INTO t (name) VALUES ('c')"),
      await counted("update", db, "UPDATE t SET name = name || '!'"),
      await counted("nothing", db, "DELETE FROM t WHERE id = 9"),
      await counted("read", db, "SELECT * FROM t"),
      await counted("delete", db, "DELETE FROM t"),
    ],
    [
      { title: "insert", changes: 1, last: 3, changed: true },
      { title: "update", changes: 3, last: 3, changed: true },
      { title: "nothing", changes: 0, last: 3, changed: false },
      { title: "read", changes: 0, last: 3, changed: false },
      { title: "delete", changes: 3, last: 3, changed: true },
    ],
  ),
  asked("tells of a new table", (db) => counted("table", db, "CREATE TABLE u (a)"), {
    title: "table",
    changes: 0,
    last: 2,
    changed: true,
  }),
  asked("counts what it reads", async (db) => (await db.prepare("SELECT * FROM t").all()).meta.rows_read, 2),
  asked(
    "has a size and a duration",
    async (db) => {
      const { meta } = await db.prepare(all).all();
      return [typeof meta.size_after, typeof meta.duration, meta.served_by_primary, meta.total_attempts];
    },
    ["number", "number", true, 1],
  ),
  asked("returns what it inserted", (db) => db.prepare(`${insert} RETURNING id`).bind("c").first("id"), 3),
  ["runs JSON functions", (db) => db.prepare("SELECT json_extract('{\"a\":[1,2]}', '$.a[1]') AS n").first("n"), 2],
];
