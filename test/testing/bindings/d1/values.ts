import type { Case } from "../cases.ts";

const bound = (title: string, value: unknown, expected: unknown): Case<D1Database> => [
  `binds ${title}`,
  (db) => db.prepare("SELECT typeof(?1) AS type, ?1 AS value").bind(value).first(),
  expected,
];

const refused = (title: string, value: unknown, expected: string): Case<D1Database> => [
  `refuses to bind ${title}`,
  (db) => db.prepare("SELECT ?1").bind(value),
  `Error: D1_TYPE_ERROR: ${expected}`,
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

const ones = Array.from({ length: 101 }, () => 1);
const list = (length: number, each: (at: number) => string, separator = ", ") =>
  Array.from({ length }, (_, at) => each(at)).join(separator);

const fails = (title: string, sql: string, message: string, values: readonly unknown[] = []): Case<D1Database> => [
  `fails at ${title}`,
  (db) =>
    db
      .prepare(sql)
      .bind(...values)
      .run(),
  `Error: D1_ERROR: ${message}`,
];

export const values: readonly Case<D1Database>[] = [
  bound("text", "añ😀", { type: "text", value: "añ😀" }),
  bound("a number", 1.5, { type: "real", value: 1.5 }),
  bound("a whole number", 5, { type: "real", value: 5 }),
  bound("a large number", 2 ** 53, { type: "real", value: 2 ** 53 }),
  bound("true", true, { type: "real", value: 1 }),
  bound("false", false, { type: "real", value: 0 }),
  bound("null", null, { type: "null", value: null }),
  bound("NaN", Number.NaN, { type: "null", value: null }),
  bound("Infinity", Infinity, { type: "null", value: null }),
  bound("a buffer", new Uint8Array([1, 2]).buffer, { type: "blob", value: [1, 2] }),
  bound("a view", new Uint8Array([1, 255]), { type: "blob", value: [1, 255] }),
  bound("an array of bytes", [3, 4], { type: "blob", value: [3, 4] }),
  bound("an empty array", [], { type: "blob", value: [] }),
  bound("a view of larger numbers by its elements", new Uint16Array([300, 2]), { type: "blob", value: [44, 2] }),
  refused("undefined", undefined, "Type 'undefined' not supported for value 'undefined'"),
  refused("a bigint", 5n, "Type 'bigint' not supported for value '5'"),
  refused("an object", { a: 1 }, "Type 'object' not supported for value '[object Object]'"),
  refused("an array of text", ["a"], "Type 'object' not supported for value 'a'"),
  refused("an array of larger numbers", [1, 256], "Type 'object' not supported for value '1,256'"),
  refused("a Date", new Date(0), `Type 'object' not supported for value '${String(new Date(0))}'`),
  asked(
    "binds anew each time",
    async (db) => {
      const find = db.prepare("SELECT name FROM t WHERE id = ?");
      return [await find.bind(1).first("name"), await find.bind(2).first("name")];
    },
    ["a", "b"],
  ),
  asked("binds by number", (db) => db.prepare("SELECT ?2 AS b, ?1 AS a").bind("x", "y").first(), { b: "y", a: "x" }),
  [
    "answers an integer beyond the exact ones as a number",
    (db) => db.prepare("SELECT 9007199254740993 AS n").first("n"),
    2 ** 53,
  ],
  ["answers infinity as null", (db) => db.prepare("SELECT 9e999 AS n").first("n"), null],
  ["answers a blob as numbers", (db) => db.prepare("SELECT x'01ff' AS b").first("b"), [1, 255]],
  fails("more than 100 parameters", `SELECT ${list(101, () => "?")}`, "too many SQL variables: SQLITE_ERROR", ones),
  fails("a number beyond ?100", "SELECT ?101", "variable number must be between ?1 and ?100: SQLITE_ERROR", ones),
  fails(
    "more than 100 columns",
    `CREATE TABLE wide (${list(101, (at) => `c${at}`)})`,
    "too many columns on wide: SQLITE_ERROR",
  ),
  fails("more than 100 results", `SELECT ${list(101, String)}`, "too many columns in result set: SQLITE_ERROR"),
  fails(
    "a pattern over 50 bytes",
    `SELECT 'a' LIKE '${"x".repeat(51)}'`,
    "LIKE or GLOB pattern too complex: SQLITE_ERROR",
  ),
  fails(
    "more than 5 terms",
    list(6, (at) => `SELECT ${at}`, " UNION "),
    "too many terms in compound SELECT: SQLITE_ERROR",
  ),
  fails(
    "a deep expression",
    `SELECT ${list(102, String, "+")}`,
    "Expression tree is too large (maximum depth 100): SQLITE_ERROR",
  ),
  fails("a statement over 100,000 bytes", `SELECT 1${" ".repeat(99_993)}`, "statement too long: SQLITE_TOOBIG"),
  ["takes a statement of 100,000 bytes", (db) => db.prepare(`SELECT 1${" ".repeat(99_992)}`).raw(), [[1]]],
  [
    "takes 100 parameters",
    (db) =>
      db
        .prepare(`SELECT ${list(100, () => "?", "+")}`)
        .bind(...ones.slice(1))
        .raw(),
    [[100]],
  ],
  [
    "takes many rows of values",
    (db) =>
      db
        .prepare(`VALUES ${list(50, (at) => `(${at})`)}`)
        .raw()
        .then((rows) => rows.length),
    50,
  ],
];
