import { expect, test } from "vitest";
import type { Driver } from "./driver.ts";
import { outcome } from "./driver.ts";
import type { SuitePlain } from "../../fixtures/testing.ts";

type Sql = DurableObjectState["storage"]["sql"];
type Case = readonly [title: string, run: (sql: Sql, storage: DurableObjectStorage) => unknown, expected: unknown];

const transaction = expect.stringMatching(/^Error: To execute a transaction, please use the state.storage.transaction/);
const unauthorized = "Error: not authorized: SQLITE_AUTH";
const empty = "Error: SQL code did not contain a statement.";
const wrongCount = "Error: Wrong number of parameter bindings for SQL query.";

const all =
  (query: string, ...bindings: unknown[]) =>
  (sql: Sql) =>
    sql.exec(query, ...(bindings as never[])).toArray();

const refused = (query: string, expected: unknown): Case => [`exec refuses ${query}`, all(query), expected];
const pragma = (query: string, expected: unknown): Case => [`exec runs ${query}`, all(query), expected];
const bound = (title: string, value: unknown, expected: unknown): Case => [
  `a bound ${title}`,
  all("SELECT typeof(?1) AS type, ?1 AS value", value),
  typeof expected === "string" ? expected : [expected],
];

// The platform's own table, once there is one.
const own = (query: string, expected: unknown): Case => [
  `exec does not let anybody near the platform's rows: ${query}`,
  (sql, { kv }) => (kv.put("a", 1), sql.exec(query).toArray()),
  expected,
];

const one = (query: string) => (sql: Sql) => sql.exec(query).one();
const two = "SELECT 1 AS a UNION SELECT 2";

const cases: readonly Case[] = [
  ...["BEGIN", "begin immediate", "COMMIT", "END", "ROLLBACK", "SAVEPOINT a", "RELEASE a", "/* c */ BEGIN"].map(
    (query) => refused(query, transaction),
  ),
  ...["ATTACH ':memory:' AS x", "DETACH x", "CREATE TEMP TABLE x (a)", "CREATE TEMPORARY VIEW v AS SELECT 1"].map(
    (query) => refused(query, unauthorized),
  ),
  ...["journal_mode", "user_version", "user_version = 3", "page_count", "function_list", "nonsense"].map((name) =>
    refused(`PRAGMA ${name}`, unauthorized),
  ),
  refused("VACUUM", "Error: cannot VACUUM from within a transaction: SQLITE_ERROR"),
  refused("SELECT * FROM _cf_KV", "Error: no such table: _cf_KV: SQLITE_ERROR"),
  ...["SELECT * FROM _cf_KV", 'SELECT * FROM "_cf_KV"'].map((query) =>
    own(query, "Error: access to _cf_KV.key is prohibited: SQLITE_AUTH"),
  ),
  refused("CREATE TABLE _cf_mine (a)", unauthorized),
  own("DROP TABLE _cf_KV", unauthorized),
  refused("SELECT sqlite_version()", "Error: not authorized to use function: sqlite_version: SQLITE_ERROR"),
  refused("SELEC 1", 'Error: near "SELEC": syntax error: SQLITE_ERROR'),
  refused("SELECT * FROM nowhere", "Error: no such table: nowhere: SQLITE_ERROR"),
  ...["", "  ", "-- comment", ";", "SELECT 1; -- comment", "SELECT 1;;"].map((query) => refused(query, empty)),
  pragma("PRAGMA foreign_keys", [{ foreign_keys: 1 }]),
  pragma("PRAGMA table_info(none)", []),
  pragma("PRAGMA defer_foreign_keys = ON", []),
  pragma("SELECT '_cf_KV' AS a", [{ a: "_cf_KV" }]),
  pragma('SELECT "text" AS a', [{ a: "text" }]),
  pragma("VALUES (1)", [{ column1: 1 }]),
  pragma("WITH a AS (SELECT 1 AS x) SELECT * FROM a", [{ x: 1 }]),
  pragma(`SELECT json_extract('{"a":1}', '$.a') AS a`, [{ a: 1 }]),
  pragma("SELECT ';' AS a -- two; three", [{ a: ";" }]),
  bound("whole number", 1, { type: "real", value: 1 }),
  bound("fraction", 1.5, { type: "real", value: 1.5 }),
  bound("true", true, { type: "text", value: "true" }),
  bound("null", null, { type: "null", value: null }),
  bound("undefined", undefined, { type: "null", value: null }),
  bound("NaN", Number.NaN, { type: "null", value: null }),
  bound("text", "añ😀", { type: "text", value: "añ😀" }),
  bound("object", { a: 1 }, { type: "text", value: "[object Object]" }),
  bound("array", [1, 2], { type: "text", value: "1,2" }),
  bound("buffer", new Uint8Array([1, 2]).buffer, { type: "blob", value: { bytes: [1, 2] } }),
  bound("view into a buffer", new Uint8Array([1, 2, 3]).subarray(1), { type: "blob", value: { bytes: [2, 3] } }),
  bound("bigint", 5n, "TypeError: Cannot convert a BigInt value to a number"),
  bound("symbol", Symbol("x"), "TypeError: Cannot convert a Symbol value to a string"),
  ["a parameter without a binding", all("SELECT ?"), wrongCount],
  ["a binding without a parameter", all("SELECT ?", 1, 2), wrongCount],
  ["a gap in the parameters", all("SELECT ?2 AS x", 1), wrongCount],
  ["numbered parameters", all("SELECT ?2 AS x, ?1 AS y", 1, 2), [{ x: 2, y: 1 }]],
  ["named parameters by their order", all("SELECT :a AS x, @b AS y, :a AS z", 1, 2), [{ x: 1, y: 2, z: 1 }]],
  ["several statements answer with the last", all("SELECT 1; SELECT ? AS b", 4), [{ b: 4 }]],
  [
    "a binding of an earlier statement",
    all("SELECT ?; SELECT 2", 4),
    expect.stringMatching(/^Error: When executing multiple SQL statements in a single call/),
  ],
  ["a column twice", all("SELECT 1 AS a, 2 AS a"), [{ a: 2 }]],
  ["an integer beyond JavaScript's", all("SELECT 9007199254740993 AS a"), [{ a: 9007199254740992 }]],
  ["one() of none", one("SELECT 1 WHERE 0"), "Error: Expected exactly one result from SQL query, but got no results."],
  ["one() of two", one(two), "Error: Expected exactly one result from SQL query, but got multiple results."],
  ["one() of one", one("SELECT 1 AS a"), { a: 1 }],
  ["columnNames", (sql) => sql.exec("SELECT 1 AS b, 2 AS a, 3 AS a").columnNames, ["b", "a", "a"]],
  ["raw()", (sql) => [...sql.exec("SELECT 1 AS a, 2 AS a").raw()], [[1, 2]]],
  [
    "a cursor is read once",
    (sql) => {
      const cursor = sql.exec(two);
      return [cursor.next(), cursor.toArray(), cursor.next(), [...cursor.raw()]];
    },
    [{ done: false, value: { a: 1 } }, [{ a: 2 }], { done: true, value: undefined }, []],
  ],
  [
    "a trigger's body is one statement",
    (sql) => {
      sql.exec(
        "CREATE TABLE t (a); CREATE TRIGGER up AFTER INSERT ON t BEGIN UPDATE t SET a = a + 1; SELECT 1; END;" +
          "INSERT INTO t VALUES (1)",
      );
      return sql.exec("SELECT a FROM t").toArray();
    },
    [{ a: 2 }],
  ],
  [
    "what came before a failing statement is kept",
    async (sql) => {
      await outcome(() => sql.exec("CREATE TABLE t (a); SELEC 1"));
      return sql.exec("SELECT name FROM sqlite_master").toArray();
    },
    [{ name: "t" }],
  ],
  ...constraints(),
  [
    "RETURNING",
    (sql) => sql.exec("CREATE TABLE t (a); INSERT INTO t VALUES (1), (2) RETURNING a").toArray(),
    [{ a: 1 }, { a: 2 }],
  ],
  ["the size of the database", (sql) => (sql.exec("CREATE TABLE t (a)"), sql.databaseSize % 4096), 0],
  [
    "a number in an integer column",
    (sql) => sql.exec("CREATE TABLE t (a INTEGER); INSERT INTO t VALUES (?) RETURNING typeof(a) AS type", 1).one(),
    { type: "integer" },
  ],
];

function constraints(): Case[] {
  const table = "CREATE TABLE t (id INTEGER PRIMARY KEY, u TEXT UNIQUE, n TEXT NOT NULL, c CHECK (c > 0));";
  const broken = (insert: string, expected: string): Case => [
    `a constraint against ${insert}`,
    all(`${table} INSERT INTO t VALUES (1, 'u', 'n', 1); INSERT INTO t VALUES ${insert}`),
    expected,
  ];
  const error = (text: string, name: string) =>
    `Error: ${text}: SQLITE_CONSTRAINT (extended: SQLITE_CONSTRAINT_${name})`;
  return [
    broken("(1, 'v', 'n', 1)", error("UNIQUE constraint failed: t.id", "PRIMARYKEY")),
    broken("(2, 'u', 'n', 1)", error("UNIQUE constraint failed: t.u", "UNIQUE")),
    broken("(2, 'v', NULL, 1)", error("NOT NULL constraint failed: t.n", "NOTNULL")),
    broken("(2, 'v', 'n', 0)", error("CHECK constraint failed: c > 0", "CHECK")),
    broken("('x', 'v', 'n', 1)", "Error: datatype mismatch: SQLITE_MISMATCH"),
  ];
}

/** What `ctx.storage.sql` answers and refuses. */
export function sqlSuite(driver: Driver): void {
  test.for(cases)("sql: %s", async ([, run, expected]) => {
    const object = driver.open<SuitePlain>("SuitePlain");

    const found = await object.inside((_, { storage }) => outcome(() => run(storage.sql, storage)));

    expect(found).toEqual(expected);
  });
}
