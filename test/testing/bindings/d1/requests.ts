import { expect } from "vitest";
import { outcome } from "../../suite/driver.ts";
import type { Case } from "../cases.ts";

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

const count = (db: D1Database) => db.prepare("SELECT count(*) AS n FROM t").first<number>("n");

const insert = "INSERT INTO t (name) VALUES (?)";

export const requests: readonly Case<D1Database>[] = [
  [
    "fails as a transaction does by hand",
    (db) => db.prepare("BEGIN").run(),
    expect.stringMatching(/^Error: D1_ERROR: To execute a transaction, please use the state.storage.transaction\(\)/),
  ],
  asked(
    "fails at a second unique value",
    (db) => db.prepare(insert).bind("a").run(),
    expect.stringMatching(/D1_ERROR: UNIQUE constraint failed: t.name: SQLITE_CONSTRAINT/),
  ),
  asked(
    "runs a batch",
    async (db) => {
      const found = await db.batch([db.prepare(insert).bind("c"), db.prepare("SELECT count(*) AS n FROM t")]);
      return found.map(({ results, meta }) => [results, meta.changes]);
    },
    [
      [[], 1],
      [[{ n: 3 }], 0],
    ],
  ),
  asked(
    "runs all of a batch or none",
    async (db) => {
      const failure = await outcome(() => db.batch([db.prepare(insert).bind("c"), db.prepare(insert).bind("a")]));
      return [failure, await count(db)];
    },
    [expect.stringMatching(/D1_ERROR: UNIQUE constraint failed/), 2],
  ),
  asked("fails at an empty batch", (db) => db.batch([]), "Error: D1_ERROR: No SQL statements detected."),
  asked(
    "runs statements by lines",
    async (db) => {
      const { count: ran } = await db.exec("INSERT INTO t (name) VALUES ('c')\nDELETE FROM t WHERE id = 1");
      return [ran, await count(db)];
    },
    [2, 2],
  ),
  asked(
    "runs two statements on one line",
    async (db) => {
      const { count: ran } = await db.exec("INSERT INTO t (name) VALUES ('c'); DELETE FROM t WHERE id = 1;");
      return [ran, await count(db)];
    },
    [1, 2],
  ),
  asked(
    "fails at a statement over two lines",
    (db) => db.exec("SELECT 1\nAS a"),
    expect.stringMatching(/^Error: D1_EXEC_ERROR: Error in line 1: SELECT 1: near "AS"/),
  ),
  asked(
    "takes all of exec back that fails",
    async (db) => {
      await outcome(() => db.exec("INSERT INTO t (name) VALUES ('c')\nSELEC"));
      return count(db);
    },
    2,
  ),
  asked(
    "fails at a duplicate in exec",
    (db) => db.exec("INSERT INTO t (name) VALUES ('a')"),
    expect.stringMatching(/^Error: D1_EXEC_ERROR: Error in line 1: INSERT INTO t \(name\) VALUES \('a'\): UNIQUE/),
  ),
  ["fails at an empty exec", (db) => db.exec(""), expect.stringMatching(/D1_EXEC_ERROR: Error in line 1: : No SQL/)],
  asked(
    "keeps foreign keys",
    async (db) => {
      await db.exec("CREATE TABLE u (t INTEGER REFERENCES t(id))");
      return db.prepare("INSERT INTO u VALUES (9)").run();
    },
    expect.stringMatching(/D1_ERROR: FOREIGN KEY constraint failed: SQLITE_CONSTRAINT/),
  ),
  asked(
    "checks deferred foreign keys at the end of a batch",
    async (db) => {
      await db.exec("CREATE TABLE u (t INTEGER REFERENCES t(id))");
      await db.batch([
        db.prepare("PRAGMA defer_foreign_keys = on"),
        db.prepare("INSERT INTO u VALUES (9)"),
        db.prepare("INSERT INTO t (id) VALUES (9)"),
      ]);
      return count(db);
    },
    3,
  ),
  ["gives a session no bookmark at first", (db) => db.withSession().getBookmark(), null],
  [
    "gives a session a bookmark with its first query",
    async (db) => {
      const session = db.withSession("first-primary");
      await session.prepare("SELECT 1").run();
      return typeof session.getBookmark();
    },
    "string",
  ],
  [
    "moves the bookmark on",
    async (db) => {
      const session = db.withSession();
      await session.prepare("CREATE TABLE t (a)").run();
      const before = session.getBookmark()!;
      await session.batch([session.prepare("INSERT INTO t VALUES (1)")]);
      return before < session.getBookmark()!;
    },
    true,
  ],
  ["goes on from a bookmark", (db) => db.withSession("00000001-a").getBookmark(), "00000001-a"],
  ["takes an empty constraint for none", (db) => db.withSession(" ").getBookmark(), null],
  ["dumps nothing", (db) => db.dump(), expect.stringMatching(/^Error: D1_DUMP_ERROR/)],
];
